"""Numbers, times and ids as the window writes them. Amounts are integers in base units."""

import re
from datetime import datetime, timedelta

DECIMALS = 18
NBSP = "\u00a0"
THIN = "\u202f"
MINUS = "\u2212"
_HOUR = 3600
_SPAN = re.compile(
    r"(?:(\d{1,3}):(\d{2})"
    r"|(?:(\d{1,3}) ?h(?:ours?)?)? ?(?:(\d{1,4}) ?(?:m|min|minutes?)?)?"
    r"|(\d{1,4}))"
)
_DAY = 86_400


def _rounded(base: int, places: int) -> str:
    """`base` / 10**18 with `places` decimals, half up, thousands set apart by a thin gap."""
    step = 10 ** (DECIMALS - places)
    units = (abs(base) + step // 2) // step
    whole, fraction = divmod(units, 10**places)
    grouped = f"{whole:,}".replace(",", THIN)
    return f"{grouped}.{fraction:0{places}d}" if places else grouped


def _places(base: int, least: int) -> int:
    """Enough decimals for two significant digits of small amounts, `least` otherwise."""
    digits = len(str(abs(base)))
    return least if not base or digits > DECIMALS - least + 1 else min(18, DECIMALS - digits + 2)


def amount(base: int) -> str:
    """`12.40`, `0.0042`; a leading true minus sign for negative amounts."""
    sign = f"{MINUS}{THIN}" if base < 0 else ""
    return sign + _rounded(base, _places(base, 2))


def mor(base: int) -> str:
    """`12.40 MOR`."""
    return f"{amount(base)}{NBSP}MOR"


def mor_change(base: int) -> str:
    """`+ 12.40 MOR` for what comes in, with a true minus for what leaves."""
    return mor(base) if base < 0 else f"+{THIN}{mor(base)}"


def eth(wei: int) -> str:
    """`0.000021 ETH`: as many decimals as the first two digits need."""
    places = _places(wei, 4)
    return f"{_rounded(wei, places)}{NBSP}ETH"


def exact(base: int) -> str:
    """All decimals, for tooltips: `12.403200000000000001`."""
    sign = MINUS if base < 0 else ""
    whole, fraction = divmod(abs(base), 10**DECIMALS)
    tail = f"{fraction:0{DECIMALS}d}".rstrip("0")
    return f"{sign}{whole}.{tail}" if tail else f"{sign}{whole}"


def duration(seconds: float) -> str:
    """`43:12` below an hour, `7 h 58` below a day, `3 d 4 h` above."""
    left = max(0, int(seconds))
    if left < _HOUR:
        return f"{left // 60}:{left % 60:02d}"
    if left < _DAY:
        return f"{left // _HOUR}{NBSP}h{NBSP}{left % _HOUR // 60:02d}"
    return f"{left // _DAY}{NBSP}d{NBSP}{left % _DAY // _HOUR}{NBSP}h"


def span(seconds: int) -> str:
    """A chosen length: `5 min`, `1 hour`, `4 hours`, `1 h 30`."""
    if seconds < _HOUR:
        return f"{seconds // 60}{NBSP}min"
    hours, rest = divmod(seconds, _HOUR)
    if rest:
        return f"{hours}{NBSP}h{NBSP}{rest // 60:02d}"
    return f"{hours}{NBSP}hour" if hours == 1 else f"{hours}{NBSP}hours"


def parse_span(text: str) -> int | None:
    """Seconds of `45 min`, `1:30`, `1 h 30`, `2 hours`, `90` (minutes); None for anything else."""
    match = _SPAN.fullmatch(text.replace(NBSP, " ").strip().lower())
    if match is None or not any(match.groups()):
        return None
    clock_h, clock_m, hours, minutes, plain = (int(part or 0) for part in match.groups())
    return (clock_h + hours) * _HOUR + (clock_m + minutes + plain) * 60


def local(moment: int) -> datetime:
    """Unix seconds in the time zone of this computer."""
    return datetime.fromtimestamp(moment).astimezone()


def clock(moment: int) -> str:
    """Local time of day: `18:02`."""
    return f"{local(moment):%H:%M}"


def when(moment: int, now: int) -> str:
    """`18:02` today, `tomorrow 01:00`, `Thu 18:02` within a week, `3 Mar 18:02` beyond."""
    day, today = local(moment).date(), local(now).date()
    if day == today:
        return clock(moment)
    if day == today + timedelta(days=1):
        return f"tomorrow {clock(moment)}"
    if abs((day - today).days) < 7:
        return f"{local(moment):%a} {clock(moment)}"
    return f"{_date(moment, now)} {clock(moment)}"


def at_moment(moment: int, now: int) -> str:
    """`at 18:02`, `tomorrow 01:00`."""
    text = when(moment, now)
    return f"at {text}" if text[0].isdigit() and len(text) == 5 else text


def day(moment: int, now: int) -> str:
    """For lists: `10:32` today, `Thu` within a week, `3 Mar` or `3 Mar 2025` beyond."""
    date, today = local(moment).date(), local(now).date()
    if date == today:
        return clock(moment)
    if 0 <= (today - date).days < 7:
        return f"{local(moment):%a}"
    return _date(moment, now)


def day_group(moment: int, now: int) -> str:
    """Heading of a chat in the list: Today, Yesterday, Last 7 days, Last 30 days, `March 2026`."""
    days = (local(now).date() - local(moment).date()).days
    if days <= 0:
        return "Today"
    if days == 1:
        return "Yesterday"
    if days < 7:
        return "Last 7 days"
    if days < 30:
        return "Last 30 days"
    return f"{local(moment):%B %Y}"


def short_address(address: str) -> str:
    """`0x12Ab…9F3c`; also for ids and hashes."""
    return f"{address[:6]}…{address[-4:]}" if len(address) > 14 else address


def grouped_address(address: str) -> str:
    """For comparing: groups of four on two lines."""
    groups = [address[2 + i : 6 + i] for i in range(0, len(address) - 2, 4)]
    half = len(groups) // 2
    return f"0x {' '.join(groups[:half])}\n   {' '.join(groups[half:])}"


def size(count: int) -> str:
    """`2.4 GB`, as file managers count (powers of 1000)."""
    value = float(count)
    for unit in ("B", "kB", "MB"):
        if value < 1000:
            return f"{value:.0f}{NBSP}{unit}"
        value /= 1000
    return f"{value:.1f}{NBSP}GB"


def speed(tokens_per_second: float) -> str:
    return f"{tokens_per_second:.0f}{NBSP}tok/s"


def seconds_of(milliseconds: int) -> str:
    """`0.8 s`."""
    return f"{milliseconds / 1000:.1f}{NBSP}s"


def _date(moment: int, now: int) -> str:
    date = local(moment)
    text = f"{date.day} {date:%b}"
    return text if date.year == local(now).year else f"{text} {date.year}"
