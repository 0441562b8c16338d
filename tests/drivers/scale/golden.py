"""Frames as they stand on the wire, written out byte by byte, and what they say.

The weights are golden: a change here is a change of what shops sell by.
"""

from drivers.events import Moving, Negative, Over, Stable, Under
from drivers.scale.weight import COARSE, COUNTING, FAULTY, REFUSED, wrong_unit

KG_1235 = Stable(1235)

GOLDEN = {
    "toledo-8217": [
        (b"\x0201.235\r", KG_1235),
        (b"\x0200.000\r", Stable(0)),
        (b"\x0215.000\r", Stable(15000)),
        (b"\x0200.750N\r", Stable(750, net=True)),
        (b"\x02?\x41\r", Moving()),
        (b"\x02?\x42\r", Over()),
        (b"\x02?\x43\r", Over()),  # in motion and over: it can't be weighed either way
        (b"\x02?\x44\r", Under()),
        (b"\x02?\x45\r", Under()),
        (b"\x02?\x48\r", Under()),
        (b"\x02?\x50\r", Moving()),  # the centre of zero is no weight of 0
        (b"\x02?\x60\r", Moving()),
        (b"\x02?\x40\r", Moving()),
        (b"\x0202.72\r", COARSE),
        (b"\x0202.72N\r", COARSE),
    ],
    "mt-sics": [
        (b"S S     100.00 g\r\n", Stable(100)),
        (b"S S      1.235 kg\r\n", KG_1235),
        (b"SI S      1.235 kg\r\n", KG_1235),
        (b"S S     -0.005 kg\r\n", Negative(-5)),
        (b"S D     100.00 g\r\n", Moving(100)),
        (b"SI D     12.345 kg\r\n", Moving(12345)),
        (b"S D     -20.00 g\r\n", Moving(-20)),
        (b"S S     100.50 g\r\n", Stable(101)),
        (b"S S     100.49 g\r\n", Stable(100)),
        (b"S S    -100.50 g\r\n", Negative(-101)),
        (b"S S       0.00 g\r\n", Stable(0)),
        (b"S I\r\n", Moving()),
        (b"S +\r\n", Over()),
        (b"S -\r\n", Under()),
        (b"SI +\r\n", Over()),
        (b"SI -\r\n", Under()),
        (b"ES\r\n", REFUSED),
        (b"EL\r\n", REFUSED),
        (b"ET\r\n", REFUSED),
        (b"S S       2.72 lb\r\n", wrong_unit("lb")),
        (b"S D       2.72 lb\r\n", wrong_unit("lb")),
    ],
    "nci-ecr": [
        (b"\n01.235KG\r\nS00\r\x03", KG_1235),
        (b"\n00.000KG\r\nS20\r\x03", Stable(0)),
        (b"\n01.235KG\r\n00\r\x03", KG_1235),  # general NCI has no S
        (b"\n01.235KG\r\nS0p4\r\x03", Stable(1235, net=True)),
        (b"\n01.235KG\r\nS0p0\r\x03", KG_1235),
        (b"\n01.235KG\r\nS10\r\x03", Moving(1235)),
        (b"\nS10\r\x03", Moving()),
        (b"\nS00\r\x03", Moving()),
        (b"\nS20\r\x03", Moving()),  # at zero, but no weight came
        (b"\nS01\r\x03", Under()),
        (b"\nS02\r\x03", Over()),
        (b"\nS12\r\x03", Over()),
        (b"\n^^^^^^KG\r\nS02\r\x03", Over()),
        (b"\n^^^^^^KG\r\nS00\r\x03", Over()),
        (b"\n______KG\r\nS00\r\x03", Under()),
        (b"\n------KG\r\nS00\r\x03", Under()),
        (b"\n00.000KG\r\nS01\r\x03", Under()),  # the status is right, the digits are not
        (b"\n00.000KG\r\nS0p8\r\x03", Under()),
        (b"\n-0.005KG\r\nS00\r\x03", Negative(-5)),
        (b"\n  1235G\r\nS00\r\x03", KG_1235),
        (b"\n02.720LB\r\nS00\r\x03", wrong_unit("LB")),
        (b"\n1LB 02.3OZ\r\nS00\r\x03", wrong_unit("LB")),
        (b"\n01.235KG\r\nS40\r\x03", FAULTY),
        (b"\n01.235KG\r\nS80\r\x03", FAULTY),
        (b"\n01.235KG\r\nS04\r\x03", FAULTY),
        (b"\n01.235KG\r\nS08\r\x03", FAULTY),
        (b"\n?\r\x03", REFUSED),
    ],
    "enq-dc1": [
        (b"\x01\x02S 01.235kg\x64\x03\x04", KG_1235),
        (b"\x01\x02S  1.235kg\x74\x03\x04", KG_1235),
        (b"\x01\x02S 00.000kg\x61\x03\x04", Stable(0)),
        (b"\x01\x02U 01.235kg\x62\x03\x04", Moving(1235)),
        (b"\x01\x02S-00.005kg\x69\x03\x04", Negative(-5)),
        (b"\x01\x02SF00.000kg\x07\x03\x04", Over()),
        (b"\x01\x02SF      kg\x19\x03\x04", Over()),
        (b"\x01\x02S 02.720lb\x64\x03\x04", wrong_unit("lb")),
    ],
    "cas-22": [
        (b"ST,GS,1\xc4,0001.235 kg\r\n", KG_1235),
        (b"ST,GS,1\xc5,0000.000 kg\r\n", Stable(0)),
        (b"ST,NT,1\xc2,   0.750 kg\r\n", Stable(750, net=True)),
        (b"ST,GS,=\xc4,000013.5 kg\r\n", Stable(13500)),
        (b"US,GS,1\x84,0001.235 kg\r\n", Moving(1235)),
        (b"ST,GS,1\xc4,-000.005 kg\r\n", Negative(-5)),
        (b"OL,GS,1\x84,0000.000 kg\r\n", Over()),
        (b"OL,GS,1\x84,         kg\r\n", Over()),
        (b"OL,GS,1\x84,-        kg\r\n", Under()),
        (b"ST,GS,\r\n,0001.235 kg\r\n", KG_1235),  # device 13, and no lamp: still raw bytes
        (b"ST,GS,1\xc4,    1235  g\r\n", KG_1235),
        (b"ST,GS,1\xc4,0001.235  t\r\n", wrong_unit("t")),
        (b"ST,GS,1\xc4,0002.720 lb\r\n", wrong_unit("lb")),
    ],
    "retail-stream": [
        (b"ST,GS,+0001.235kg\r\n", KG_1235),
        (b"ST,GS,+  1.235kg\r\n", KG_1235),
        (b"ST,GS,  1.235 kg\r\n", KG_1235),
        (b"ST,GS,+    1235  g\r\n", KG_1235),
        (b"ST,GS,+0000.000kg\r\n", Stable(0)),
        (b"ST,NT,+0000.750kg\r\n", Stable(750, net=True)),
        (b"US,GS,+0001.235kg\r\n", Moving(1235)),
        (b"ST,NT,-0000.005kg\r\n", Negative(-5)),
        (b"US,NT,-0000.005kg\r\n", Moving(-5)),
        (b"OL,GS,+           \r\n", Over()),
        (b"OL,GS,+0000.000kg\r\n", Over()),
        (b"OL,GS,-           \r\n", Under()),
        (b"ST,GS,+0002.720lb\r\n", wrong_unit("lb")),
    ],
    "a-and-d": [
        (b"ST,+0001.234 kg\r\n", Stable(1234)),
        (b"ST,+001234.5  g\r\n", Stable(1235)),
        (b"ST,+0000.000 kg\r\n", Stable(0)),
        (b"ST,-0000.005 kg\r\n", Negative(-5)),
        (b"US,+0001.234 kg\r\n", Moving(1234)),
        (b"OL,+9999999E+19\r\n", Over()),
        (b"OL,-9999999E+19\r\n", Under()),
        (b"OL,+999999.9  g\r\n", Over()),
        (b"QT,+00001234 PC\r\n", COUNTING),
        (b"US,+00001234 PC\r\n", wrong_unit("PC")),
        (b"ST,+0002.720 lb\r\n", wrong_unit("lb")),
    ],
}

SPOILED = {
    "toledo-8217": [
        b"\x021.235\r",  # a digit lost on the way
        b"\x020.235\r",
        b"\x0201.23",
        b"01.235\r",
        b"\x02.01235\r",
        b"\x0201.235X\r",
        b"\x02?\r",
        b"\x02?1\r",
    ],
    "mt-sics": [
        b"S S     10.00 g\r\n",
        b"S S    100.00 g\r\n",
        b"I S     100.00 g\r\n",
        b"S S     1.0.00 g\r\n",
        b"S S     100.00\r\n",
        b"S S            g\r\n",
        b"S X     100.00 g\r\n",
        b'I4 A "B123456789"\r\n',
        b"Z A\r\n",
        b"T S     100.00 g\r\n",  # the tare
    ],
    "nci-ecr": [
        b"\n01.235KG\r\nS0\r\x03",
        b"\n01.235KG\r\nS00\x03",
        b"\n01.235KG\r\nS0p\r\x03",
        b"\n1.235KG\r\n",
        b"01.235KG\r",
        b"\x06",
    ],
    "enq-dc1": [
        b"\x01\x02S 01.235kg\x65\x03\x04",  # the sum is wrong
        b"\x01\x02S 01.236kg\x64\x03\x04",
        b"\x01\x02S 1.235kg\x54\x03\x04",
        b"\x01\x02X 01.235kg\x6f\x03\x04",
        b"\x01\x02S 01x235kg\x32\x03\x04",
        b"\x02S 01.235kg\x64\x03",
        b"\x06",
        b"\x15",
    ],
    "cas-22": [
        b"ST,GS,1\xc4,001.235 kg\r\n",
        b"ST,GS,1\xc4,00x1.235 kg\r\n",
        b"T,GS,1\xc4,0001.235 kg\r\n",
        b"ST,XX,1\xc4,0001.235 kg\r\n",
        b"ST,GS,1\xc4,0001.235   \r\n",
        b"ST,GS,+0001.235kg\r\n",
    ],
    "retail-stream": [
        b"T,GS,+0001.235kg\r\n",
        b"ST,TR,+0001.235kg\r\n",  # the tare
        b"ST,GS,+0001.235\r\n",
        b"ST,GS,+00.01.235kg\r\n",
        b"ST,GS,+-001.235kg\r\n",
        b"ST,GS,kg\r\n",
        b"ST,GS,+0001.235g\r\n",  # the k of kg was lost
        b"ST,+0001.234 kg\r\n",
    ],
    "a-and-d": [
        b"ST,+001.234 kg\r\n",
        b"ST,0001.234 kg\r\n",
        b"T,+0001.234 kg\r\n",
        b"ST,+0001.234\r\n",
        b"ST,+0.01.234 kg\r\n",
        b"ST,GS,+0001.235kg\r\n",
    ],
}
"""What must not be taken for a weight: cut, garbled, or of another kind."""
