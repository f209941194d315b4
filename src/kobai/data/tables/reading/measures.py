"""Units of measure: which of them measure the same, and what makes one of another."""

from collections.abc import Collection, Mapping

FAMILIES: dict[str, dict[str, float]] = {
    "mass": {
        **dict.fromkeys(("µg", "μg", "ug", "mcg"), 1e-6),
        **dict.fromkeys(("mg", "㎎", "毫克", "ミリグラム"), 1e-3),
        **dict.fromkeys(("g", "gr", "gram", "gramm", "克", "グラム"), 1.0),
        **dict.fromkeys(("kg", "㎏", "kilo", "kilogram", "kilogramm"), 1e3),
        **dict.fromkeys(("公斤", "千克", "キログラム"), 1e3),
        **dict.fromkeys(("t", "tonne", "吨", "噸", "公噸", "トン"), 1e6),
        **dict.fromkeys(("oz", "ounce"), 28.349523125),
        **dict.fromkeys(("lb", "pound"), 453.59237),
    },
    "length": {
        "nm": 1e-9,
        **dict.fromkeys(("µm", "μm", "um"), 1e-6),
        **dict.fromkeys(("mm", "㎜", "毫米", "ミリ"), 1e-3),
        **dict.fromkeys(("cm", "㎝", "厘米", "公分", "センチ"), 1e-2),
        **dict.fromkeys(("m", "meter", "metre", "米", "公尺", "メートル"), 1.0),
        **dict.fromkeys(("km", "㎞", "kilometer", "kilometre"), 1e3),
        **dict.fromkeys(("公里", "千米", "キロメートル"), 1e3),
        **dict.fromkeys(("in", "inch", "inche"), 0.0254),
        **dict.fromkeys(("ft", "foot", "feet"), 0.3048),
        **dict.fromkeys(("yd", "yard"), 0.9144),
        **dict.fromkeys(("mi", "mile"), 1609.344),
    },
    "time": {
        "ns": 1e-9,
        **dict.fromkeys(("µs", "μs"), 1e-6),
        **dict.fromkeys(("ms", "msec", "毫秒", "ミリ秒"), 1e-3),
        **dict.fromkeys(("s", "sec", "second", "sek", "秒"), 1.0),
        **dict.fromkeys(("m", "min", "minute", "分", "分钟", "分鐘", "分間"), 60.0),
        **dict.fromkeys(("h", "hr", "hour", "std", "stunde", "stunden"), 3600.0),
        **dict.fromkeys(("時間", "小时", "小時"), 3600.0),
        **dict.fromkeys(("d", "day", "tag", "tage", "日", "天", "日間"), 86400.0),
        **dict.fromkeys(("w", "wk", "week", "週間", "周", "週"), 604800.0),
        **dict.fromkeys(("mo", "month", "monat", "monate", "个月", "個月"), 2629800.0),
        **dict.fromkeys(("か月", "ヶ月", "カ月", "ヵ月", "ケ月"), 2629800.0),
        **dict.fromkeys(("y", "yr", "year", "jahr", "jahre"), 31557600.0),
        **dict.fromkeys(("年", "歳", "才", "岁", "歲"), 31557600.0),
    },
    "data size": {
        **dict.fromkeys(("B", "byte", "字节", "バイト"), 1.0),
        **dict.fromkeys(("kB", "kb"), 1e3),
        **dict.fromkeys(("MB", "mb"), 1e6),
        **dict.fromkeys(("GB", "gb"), 1e9),
        **dict.fromkeys(("TB", "tb"), 1e12),
        **{f"{letter}iB": 1024.0**n for n, letter in enumerate("KMGT", start=1)},
        # As `ls -h` and `du -h` write them.
        **{letter: 1024.0**n for n, letter in enumerate("KMGT", start=1)},
    },
    "volume": {
        **dict.fromkeys(("µl", "μl", "µL", "μL"), 1e-6),
        **dict.fromkeys(("ml", "㎖", "cc", "cm3", "cm³", "毫升"), 1e-3),
        "ミリリットル": 1e-3,
        "cl": 1e-2,
        **dict.fromkeys(("dl", "㎗"), 0.1),
        **dict.fromkeys(("l", "ℓ", "㍑", "liter", "litre", "升", "公升"), 1.0),
        "リットル": 1.0,
        "hl": 100.0,
        **dict.fromkeys(("m3", "m³", "㎥"), 1e3),
    },
    "power": {"mW": 1e-3, "W": 1.0, "kW": 1e3, "MW": 1e6, "GW": 1e9},
    "energy": {
        **{"Wh": 3.6e3, "kWh": 3.6e6, "MWh": 3.6e9, "GWh": 3.6e12},
        **{"J": 1.0, "kJ": 1e3, "MJ": 1e6, "GJ": 1e9, "cal": 4.184, "kcal": 4184.0},
    },
    "voltage": {"mV": 1e-3, "V": 1.0, "kV": 1e3},
    "current": {"µA": 1e-6, "μA": 1e-6, "mA": 1e-3, "A": 1.0},
    "frequency": {"Hz": 1.0, "kHz": 1e3, "MHz": 1e6, "GHz": 1e9},
    "pressure": {
        **{"Pa": 1.0, "hPa": 1e2, "kPa": 1e3, "MPa": 1e6, "mbar": 1e2, "bar": 1e5},
    },
}
"""What each unit is in the one of its family that is 1; a month is a twelfth of a year.

Units that differ between countries, such as ton, gallon and 斤, are in none.
"""


for _name, _sides in {"latitude": "NS", "longitude": "EW"}.items():
    FAMILIES[_name] = {
        f"{degrees}{side}": 1.0 - 2.0 * _sides.index(side)
        for degrees in ("°", "° ", "")
        for side in _sides
    }


def families_of(unit: str) -> dict[str, float]:
    """Return the families that have a unit, each with what the unit is in it.

    >>> families_of("kg"), families_of("m"), families_of("Hours"), families_of("pcs")
    ({'mass': 1000.0}, {'length': 1.0, 'time': 60.0}, {'time': 3600.0}, {})
    """
    found: dict[str, float] = {}
    for spellings in ((unit, unit.lower()), (stem(unit),)):
        for name, known in FAMILIES.items():
            for spelling in spellings:
                if spelling in known:
                    found.setdefault(name, known[spelling])
        if found:
            break
    return found


def stem(unit: str) -> str:
    """Return a unit without its plural: days and day are one."""
    return unit.lower().rstrip(".").removesuffix("s")


def factors_in(units: Collection[str], main: str) -> dict[str, float]:
    """Return what units are in the `main` one, those of the family that has most.

    >>> factors_in(["kg", "g", "h"], "kg"), factors_in(["m", "h"], "m")
    ({'kg': 1.0, 'g': 0.001}, {'m': 1.0, 'h': 60.0})
    """
    best: dict[str, float] = {}
    for family, one in families_of(main).items():
        all_of = {unit: families_of(unit) for unit in units}
        found = {u: each[family] / one for u, each in all_of.items() if family in each}
        if len(found) > len(best):
            best = found
    return best


def strangers(units: Mapping[str, int], least: float) -> list[str]:
    """Return the most frequent unit, and those that measure something else.

    None, if all measure the same or some are unknown; those in no more than `least`
    cells are mistyped. Letters alone may be codes: of seats 3m and 4g.

    >>> strangers({"kg": 9, "g": 5, "km": 3}, least=1)
    ['kg', 'km']
    >>> strangers({"kg": 9, "g": 5}, least=1), strangers({"kg": 9, "pcs": 5}, least=1)
    ([], [])
    """
    frequent = [unit for unit, count in units.items() if count > least]
    if not all(map(families_of, frequent)) or max(map(len, frequent), default=0) < 2:
        return []
    main = max(frequent, key=lambda unit: (units[unit], unit))
    same = factors_in(frequent, main)
    others = [unit for unit in frequent if unit not in same]
    return [main, *others] if others else []
