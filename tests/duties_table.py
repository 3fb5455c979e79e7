"""Who may do what, declared for the tests and by hand; it is not read from the program.

x  may, in whatever relation
s  may, but not who took the step before it
o  may, but neither who took the step before it nor who did anything that it rests on
l  may, but not who did anything that it rests on
m  may, but only for oneself
.  may not
"""

from __future__ import annotations

from tests.staff import RELATIONS

_TABLE = """
                    reg val ter mas app pay rec aud adm job
init                 .   .   .   .   .   .   .   .   .   .
checkpoint           .   .   .   .   .   x   x   .   x   x
new-checkpoint-key   .   .   .   .   .   .   .   .   x   .
sign                 .   .   x   .   .   .   .   .   .   .
amend                .   .   x   .   .   .   .   .   .   .
enact                .   .   x   .   .   .   .   .   .   .
drawdown             .   .   x   .   .   .   .   .   .   .
guarantee            .   .   x   .   .   .   .   .   .   .
fund-policy          .   .   x   .   .   .   .   .   .   .
appropriate          .   .   x   .   .   .   .   .   .   .
commit               .   .   x   .   .   .   .   .   .   .
reestimate           .   .   x   .   .   .   .   .   .   .
annul                .   .   x   .   .   .   .   .   .   .
tariffs              x   .   .   .   .   .   .   .   .   .
enrolments           x   .   .   .   .   .   .   .   .   .
stays                x   .   .   .   .   .   .   .   .   .
spells               x   .   .   .   .   .   .   .   .   .
erase                x   .   .   .   .   .   .   .   .   .
measurements         .   x   .   .   .   .   .   .   .   .
results              .   x   .   .   .   .   .   .   .   .
assess               .   x   .   .   .   .   .   .   .   x
propose              x   .   .   .   .   x   .   .   .   x
approve              .   .   .   .   o   .   .   .   .   .
send                 .   .   .   .   .   s   .   .   .   .
bank                 .   .   .   .   .   .   x   .   .   x
received             .   .   .   .   .   .   x   .   .   .
refunds               x   .   .   .   .   .   .   .   .   .
merge                 x   .   .   .   .   .   .   .   .   .
unmerge               x   .   .   .   .   .   .   .   .   .
move                  x   .   .   .   .   .   .   .   .   .
correct-register      x   .   .   .   .   .   .   .   .   .
correct-tariffs       x   .   .   .   .   .   .   .   .   .
correct               x   x   .   .   .   .   .   .   .   .
correct-file          x   x   .   .   .   .   .   .   .   .
void                  x   x   .   .   .   .   .   .   .   .
adjust                .   x   x   .   .   .   .   .   .   .
decide-adjustment     .   .   .   .   s   .   .   .   .   .
payment-policy        .   .   x   .   .   .   .   .   .   .
payee-set             .   .   .   x   .   .   .   .   .   .
payee-confirm         .   .   .   s   .   .   .   .   .   .
cancel                .   .   .   .   x   x   .   .   .   .
payment-file          .   .   .   .   .   s   .   .   .   .
bank-answers          .   .   .   .   .   x   x   .   .   x
recall                .   .   .   .   .   x   .   .   .   .
recall-answer         .   .   .   .   .   o   o   .   .   .
demand                .   .   .   .   .   x   .   .   .   .
withdraw-demand       .   .   .   .   .   x   .   .   .   .
propose-write-off     .   .   .   .   .   x   .   .   .   .
write-off             .   .   .   .   o   .   .   .   .   .
account               .   .   .   x   .   .   .   .   .   .
reconcile             .   .   .   .   .   .   x   .   .   x
match                 .   .   .   .   .   .   x   .   .   .
unmatch               .   .   .   .   .   .   x   .   .   .
resolve               .   .   .   .   .   .   x   .   .   .
reopen                .   .   .   .   .   .   x   .   .   .
close-period          .   .   .   .   .   .   x   .   .   .
reopen-period         .   .   .   .   s   .   s   .   .   .
claim-run             .   .   .   .   .   .   .   .   .   x
claim-run-by-hand     x   x   x   x   x   x   x   .   x   x
give-up-run           x   x   x   x   x   x   x   .   x   x
finish-run            x   x   x   x   x   x   x   .   x   x
fail-run              x   x   x   x   x   x   x   .   x   x
resolve-finding       x   x   x   x   x   x   x   .   x   .
sample-commit        .   x   .   .   .   .   .   x   .   .
sample-witness       s   s   s   s   s   s   s   .   s   .
sample-draw          .   x   .   .   .   .   .   x   .   .
sample-examine       .   l   .   .   .   .   .   l   .   .
sample-close         .   x   .   .   .   .   .   x   .   .
sample-adjust        .   .   .   .   .   .   .   x   .   .
people-setup         .   .   .   .   .   .   .   .   .   .
people-witness       s   s   s   s   s   s   s   .   s   .
people-add           .   .   .   .   .   .   .   .   x   .
people-link          .   .   .   .   .   .   .   .   x   .
people-propose-key   m   m   m   m   m   m   m   .   x   .
people-confirm-key   .   .   .   .   .   .   .   .   o   .
people-revoke-key    m   m   m   m   m   m   m   .   x   .
people-propose-duty  .   .   .   .   .   .   .   .   s   .
people-confirm-duty  .   .   .   .   .   .   .   .   s   .
people-withdraw      .   .   .   .   .   .   .   .   x   .
people-left          .   .   .   .   .   .   .   .   x   .
people-break-glass   x   x   x   x   x   x   x   .   x   .
people-review        .   .   .   .   s   .   .   .   s   .
"""
COLUMNS = (
    "registrar", "validator", "terms_owner", "payee_master", "approver", "payer", "reconciler",
    "auditor", "administrator", "job",
)  # fmt: skip
DECLARED: dict[str, dict[str, str]] = {
    command: dict(zip(COLUMNS, marks, strict=True))
    for command, *marks in (line.split() for line in _TABLE.strip().splitlines()[1:])
}
"""The mark of each command and duty."""


def may(mark: str, relation: str) -> bool:
    """Whether a mark allows who stands in a relation to what a command is about."""
    assert relation in RELATIONS
    return {
        "x": True,
        "s": relation != "own",
        "o": relation == "other",
        "l": relation != "lineage",
        "m": relation == "own",
        ".": False,
    }[mark]
