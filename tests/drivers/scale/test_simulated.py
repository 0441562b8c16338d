import pytest

from drivers.driver import Stop
from drivers.events import DeviceUp, Over, Stable, Weighed
from drivers.scale.ports import Port, ports_by_id
from drivers.scale.simulated import SimulatedScale
from tests.drivers.scale.hearing import Hearing


def weighed(grams):
    return Weighed("scale", Stable(grams))


def test_it_shows_what_is_put_on():
    scale = SimulatedScale("scale")
    with Hearing(scale) as near:
        assert near.next() == DeviceUp("scale", "simulated scale")
        assert near.next() == weighed(0)
        scale.put(500)
        near.until(weighed(500))
        scale.put(500)
        near.until(weighed(500))
        scale.show(Over())
        near.until(Weighed("scale", Over()))


def test_it_confirms_what_stays():
    with Hearing(SimulatedScale("scale", 250)) as near:
        for _ in range(3):
            near.until(weighed(250))


def test_it_is_pulled_out_and_put_in_again():
    scale = SimulatedScale("scale")
    with Hearing(scale, kept=True) as near:
        near.until(weighed(0))
        scale.unplug()
        assert near.failure().strerror == "the simulated scale is unplugged"
        scale.put(500)
        scale.plug()
        near.until(DeviceUp)
        assert near.next() == weighed(500)


def test_an_unplugged_one_does_not_run():
    scale = SimulatedScale("scale")
    scale.unplug()
    stop = Stop()
    with pytest.raises(OSError, match="unplugged"):
        scale.run(lambda event: pytest.fail(f"{event} of an unplugged scale"), stop)
    stop.close()


def test_ports_are_listed_by_their_stable_names(tmp_path):
    by_id, device = tmp_path / "by-id", tmp_path / "ttyUSB3"
    by_id.mkdir()
    device.touch()
    link = by_id / "usb-FTDI_FT232R_A10K2L-if00-port0"
    link.symlink_to("../ttyUSB3")
    (by_id / "usb-gone-if00").symlink_to("../ttyUSB4")
    assert ports_by_id(by_id) == [Port(link, device)]
    assert ports_by_id(by_id)[0].words == "FTDI FT232R A10K2L-if00-port0"
    assert ports_by_id(tmp_path / "none") == []
