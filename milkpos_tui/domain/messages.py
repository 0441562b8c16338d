"""What a customer is told of their month, in their language: a template each, filled by name.

A template is data: names in braces and nothing else. Whoever writes one of their own can't reach
anything with it but these names. A row whose link is not there is left out.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.money import show_rupees
from milkpos_tui.domain.month import Month
from milkpos_tui.domain.text import clean

CHANNEL_FIELDS = frozenset({"phone", "email"})
FIELDS = frozenset({"name", "month", "amount", "shop", "link"})
TEMPLATE_MAX = 600

URL_MAX = 500
PHONE_DIGITS, COUNTRY = 10, "91"
ABROAD = range(11, 16)  # digits of a number with its country (ITU-T E.164)

_CHANNEL = re.compile(r"[a-z][a-z0-9-]{0,19}", re.ASCII)
_NAME = re.compile(r"\{([^{}]*)\}")


class Language(NamedTuple):
    """How a month is told: where money is due, where nothing is, where some was paid in advance,
    and what its months are called. In rows; `{link}` stands in a row of its own."""

    name: str
    due: str
    nothing_due: str
    advance: str
    months: tuple[str, ...]


LANGUAGES: Mapping[str, Language] = {
    "en": Language(
        "English",
        "Dear {name}, your bill of {month} from {shop}: Rs {amount} is due.\n"
        "Pay by UPI: {link}\n"
        "Thank you.",
        "Dear {name}, your bill of {month} from {shop}: nothing is due. Thank you.",
        "Dear {name}, your bill of {month} from {shop}: nothing is due, Rs {amount} is in "
        "advance. Thank you.",
        (
            "January", "February", "March", "April", "May", "June", "July", "August", "September",
            "October", "November", "December",
        ),
    ),
    "hi": Language(
        "हिन्दी",
        "{name} जी, {shop} से {month} का बिल: Rs {amount} देने हैं।\n"
        "UPI से भुगतान: {link}\n"
        "धन्यवाद।",
        "{name} जी, {shop} से {month} का बिल: कुछ बाकी नहीं। धन्यवाद।",
        "{name} जी, {shop} से {month} का बिल: कुछ बाकी नहीं, Rs {amount} जमा हैं। धन्यवाद।",
        (
            "जनवरी", "फ़रवरी", "मार्च", "अप्रैल", "मई", "जून", "जुलाई", "अगस्त", "सितंबर",
            "अक्टूबर", "नवंबर", "दिसंबर",
        ),
    ),
    "kn": Language(
        "ಕನ್ನಡ",
        "{name} ಅವರೇ, {shop} ನಿಂದ {month} ತಿಂಗಳ ಬಿಲ್: Rs {amount} ಬಾಕಿ ಇದೆ.\n"
        "UPI ಮೂಲಕ ಪಾವತಿಸಿ: {link}\n"
        "ಧನ್ಯವಾದಗಳು.",
        "{name} ಅವರೇ, {shop} ನಿಂದ {month} ತಿಂಗಳ ಬಿಲ್: ಬಾಕಿ ಇಲ್ಲ. ಧನ್ಯವಾದಗಳು.",
        "{name} ಅವರೇ, {shop} ನಿಂದ {month} ತಿಂಗಳ ಬಿಲ್: ಬಾಕಿ ಇಲ್ಲ, Rs {amount} ಮುಂಗಡ ಇದೆ. "
        "ಧನ್ಯವಾದಗಳು.",
        (
            "ಜನವರಿ", "ಫೆಬ್ರವರಿ", "ಮಾರ್ಚ್", "ಏಪ್ರಿಲ್", "ಮೇ", "ಜೂನ್", "ಜುಲೈ", "ಆಗಸ್ಟ್", "ಸೆಪ್ಟೆಂಬರ್",
            "ಅಕ್ಟೋಬರ್", "ನವೆಂಬರ್", "ಡಿಸೆಂಬರ್",
        ),
    ),
    "ta": Language(
        "தமிழ்",
        "{name} அவர்களுக்கு, {shop} - {month} மாத பில்: Rs {amount} செலுத்த வேண்டும்.\n"
        "UPI மூலம் செலுத்த: {link}\n"
        "நன்றி.",
        "{name} அவர்களுக்கு, {shop} - {month} மாத பில்: பாக்கி இல்லை. நன்றி.",
        "{name} அவர்களுக்கு, {shop} - {month} மாத பில்: பாக்கி இல்லை, Rs {amount} முன்பணம் உள்ளது. "
        "நன்றி.",
        (
            "ஜனவரி", "பிப்ரவரி", "மார்ச்", "ஏப்ரல்", "மே", "ஜூன்", "ஜூலை", "ஆகஸ்ட்", "செப்டம்பர்",
            "அக்டோபர்", "நவம்பர்", "டிசம்பர்",
        ),
    ),
    "mr": Language(
        "मराठी",
        "{name}, {shop} कडून {month} महिन्याचे बिल: Rs {amount} देणे बाकी आहे.\n"
        "UPI ने भरा: {link}\n"
        "धन्यवाद.",
        "{name}, {shop} कडून {month} महिन्याचे बिल: काही बाकी नाही. धन्यवाद.",
        "{name}, {shop} कडून {month} महिन्याचे बिल: काही बाकी नाही, Rs {amount} आगाऊ जमा आहेत. "
        "धन्यवाद.",
        (
            "जानेवारी", "फेब्रुवारी", "मार्च", "एप्रिल", "मे", "जून", "जुलै", "ऑगस्ट", "सप्टेंबर",
            "ऑक्टोबर", "नोव्हेंबर", "डिसेंबर",
        ),
    ),
    "te": Language(
        "తెలుగు",
        "{name} గారికి, {shop} నుండి {month} నెల బిల్లు: Rs {amount} చెల్లించాలి.\n"
        "UPI ద్వారా చెల్లించండి: {link}\n"
        "ధన్యవాదాలు.",
        "{name} గారికి, {shop} నుండి {month} నెల బిల్లు: బాకీ లేదు. ధన్యవాదాలు.",
        "{name} గారికి, {shop} నుండి {month} నెల బిల్లు: బాకీ లేదు, Rs {amount} ముందస్తుగా ఉంది. "
        "ధన్యవాదాలు.",
        (
            "జనవరి", "ఫిబ్రవరి", "మార్చి", "ఏప్రిల్", "మే", "జూన్", "జూలై", "ఆగస్టు", "సెప్టెంబర్",
            "అక్టోబర్", "నవంబర్", "డిసెంబర్",
        ),
    ),
}  # fmt: skip
"""Templates by the code of the language (ISO 639-1)."""


def check_language(code: str) -> str:
    """A language's code in small letters. Refused for one there is no template for."""
    known = code.strip().lower()
    if known not in LANGUAGES:
        told = ", ".join(LANGUAGES)
        raise Refused("language", f"there is no text in '{clean(code, limit=20)}', only {told}")
    return known


def month_message(
    language: str,
    *,
    name: str,
    month: Month,
    due_paise: int,
    shop: str,
    link: str = "",
    template: str = "",
) -> str:
    """The text for a customer, ready for any messenger. `template` is the shop's own for money
    that is due, instead of ours. Refused for an unknown language and a bad template."""
    known = LANGUAGES[check_language(language)]
    if template:
        check_template(template)
    text = template or known.due
    if due_paise <= 0:
        text = known.advance if due_paise else known.nothing_due
    values = {
        "name": clean(name),
        "month": f"{known.months[month.number - 1]} {month.year}",
        "amount": show_rupees(abs(due_paise)),
        "shop": clean(shop),
        "link": link,
    }
    rows = [row for row in text.split("\n") if link or "{link}" not in row]
    return "\n".join(_NAME.sub(lambda name: values[name[1]], row) for row in rows)


def template_rows(setting: str) -> str:
    """A template as a setting has it, in one line, with its rows apart."""
    return "\n".join(row.strip() for row in setting.split("|"))


def check_template(text: str) -> str:
    """A template of the shop's own. Refused for names there are none of, loose braces, one that
    says no amount, and a long one: a message is read on a telephone."""
    if len(text) > TEMPLATE_MAX:
        raise Refused("template", f"a message has at most {TEMPLATE_MAX} characters")
    names = set(_NAME.findall(text))
    unknown = sorted(names - FIELDS)
    if unknown or "{" in _NAME.sub("", text) or "}" in _NAME.sub("", text):
        told = f"'{clean(unknown[0], limit=20)}'" if unknown else "a brace by itself"
        known = ", ".join(f"{{{name}}}" for name in sorted(FIELDS))
        raise Refused("template", f"{told} means nothing in a message: there are {known}")
    if "amount" not in names:
        raise Refused("template", "a message without {amount} does not say what is due")
    return text


def check_channel(name: str) -> str:
    """A channel's name in small letters, like `sms`. Refused for anything else."""
    name = name.strip().lower()
    if not _CHANNEL.fullmatch(name):
        raise Refused("channel", f"'{clean(name, limit=20)}' is not a name like sms or whatsapp")
    return name


def check_address(url: str) -> str:
    """An apprise URL with a place for whom it goes to. Refused without one, and for other names.
    Never told back: it holds the keys of somebody's account."""
    names = set(_NAME.findall(url))
    if "://" not in url or len(url) > URL_MAX:
        raise Refused("message-url", "that is no apprise URL, like mailto://... or twilio://...")
    if not names or names - CHANNEL_FIELDS:
        raise Refused("message-url", "the URL must have {phone} or {email}, and no other name")
    return url


def address_of(url: str, phone: str, email: str) -> str | None:
    """The URL for one customer; None where they lack what it needs. A phone is its digits, with
    the country's 91 where none is said; what is too short for one is none: some services would
    send to the shop's own number instead."""
    digits = "".join(char for char in phone if char.isdecimal()).lstrip("0")
    if len(digits) == PHONE_DIGITS:
        digits = COUNTRY + digits
    if len(digits) not in ABROAD:
        digits = ""
    values = {"phone": digits, "email": quote(email, safe="@")}
    if not all(values[name] for name in _NAME.findall(url)):
        return None
    return _NAME.sub(lambda name: values[name[1]], url)
