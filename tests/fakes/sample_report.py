"""An invented support report."""

from node.service.dto import Redaction, ReportFile, SupportReport

_ADDRESS = "0x7C4F3b1E52A0b6e4b0b7fC0E5aE9B8d2c1A49F3c"
_CHECKS = """ok   program: Morpheus Desktop 0.3.0, Python 3.11.9, SQLite 3.45.1, Linux x86_64.
ok   folders: <data> and its neighbours are private and can be written.
WARN chain servers: 2 of 3 answer. 1rpc.io: The network node asks us to slow down.
     The others are used meanwhile; nothing is lost.
"""


def support_report(*, addresses: bool) -> SupportReport:
    who = _ADDRESS if addresses else "[address 1]"
    log = "\n".join(
        f"2026-10-31 21:{minute:02}:07.512 INFO    router: session of {who} is open id=[id 1]"
        for minute in range(40)
    )
    files = (
        ("README.txt", "Contents", "Morpheus Desktop 0.3.0: report of 2026-10-31 22:00 UTC\n"),
        (
            "system.json",
            "Version, system, libraries",
            '{\n  "program": "0.3.0"\n}\n',
        ),
        ("checks.txt", "Findings and damaged files", _CHECKS),
        ("log.txt", "The newest 500 log lines", f"{log}\n"),
    )
    return SupportReport(
        name="morpheus-report-20261031-2200",
        files=tuple(ReportFile(name=name, title=title, text=text) for name, title, text in files),
        redactions=(
            Redaction(
                what="Keys, recovery phrases, passwords, tokens",
                how="never read for the report; what looks like one is removed",
                count=0,
            ),
            Redaction(what="Messages, answers, titles of chats, attachments", how="never read"),
            Redaction(
                what="Addresses of wallets and contracts",
                how="kept, as you asked" if addresses else "replaced by numbers",
                count=40,
            ),
        ),
    )
