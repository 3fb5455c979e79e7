"""What is wrong in what terms pay for: metrics, prices, splits, caps."""

from __future__ import annotations

from ledger.decide.refusal import Finding
from ledger.metrics.kinds import KINDS
from tests.desk.spoiling import WORK, Case, at, paid

METRICS = [
    Case(
        "terms",
        "A metric's key that is misspelt",
        paid(("price: 1000.00", "prise: 1000.00")),
        (
            Finding(32, "metrics.0.price", "'price' is missing"),
            Finding(35, "metrics.0.prise", "'prise' is not known here; did you mean 'price'?"),
        ),
        "Correct the key: a price under a wrong key would not be paid.",
    ),
    Case(
        "terms",
        "A key that belongs to another kind of metric",
        paid(("price: 1000.00", "price: 1000.00\n    paid_per: point")),
        at(
            36,
            "metrics.0.paid_per",
            "'paid_per' is not known here; known are achieved_when, claim, deadweight, exclusive, guards, id, indexation, kind, measured_at_months, multipliers, negative, price, split, title",
        ),
        "Leave it out, or choose the kind that it belongs to.",
    ),
    Case(
        "terms",
        "A kind of metric that is misspelt",
        paid(("kind: per_person", "kind: per_persom")),
        at(33, "metrics.0.kind", "there is no kind 'per_persom'; did you mean 'per_person'?"),
        "Correct the kind.",
    ),
    Case(
        "terms",
        "A kind of metric that does not exist",
        paid(("kind: per_person", "kind: bonus")),
        at(
            33,
            "metrics.0.kind",
            f"there is no kind 'bonus'; known are {', '.join(KINDS)}",
        ),
        "Choose one of the kinds; `ofl terms kinds` says what each pays for.",
    ),
    Case(
        "terms",
        "A metric without a kind",
        paid(("    kind: per_person\n", "")),
        at(
            32,
            "metrics.0.kind",
            "'kind' is missing: what kind of metric is it? See `ofl terms kinds`",
        ),
        "Write the kind.",
    ),
    Case(
        "terms",
        "Shares that do not sum to 1",
        paid(("share: 0.6", "share: 0.5")),
        at(36, "", "metrics.1.split: the shares must sum to 1; these sum to 0.9"),
        "Correct the shares: every krone must be somebody's.",
    ),
    Case(
        "terms",
        "A payer in the split who is no party",
        paid(("payer: aarhus, share", "payer: arhus, share")),
        at(
            36,
            "",
            "metrics.1.split: there is no party 'arhus' (aarhus, bikuben, council-fund, dsi, state-fund)",
        ),
        "Correct the name, or add the party.",
    ),
    Case(
        "terms",
        "A payer in the split without the role of one",
        paid(("payer: aarhus, share", "payer: dsi, share")),
        at(36, "", "metrics.1.split: 'dsi' needs the role 'outcome_payer' or 'co_payer'"),
        "Give the party the role, or correct who pays.",
    ),
    Case(
        "terms",
        "A payer twice in one split",
        paid(("payer: aarhus, share", "payer: state-fund, share")),
        at(36, "", "metrics.1.split: a payer stands twice; add its shares up"),
        "Add the shares up.",
    ),
    Case(
        "terms",
        "Nobody pays for a metric",
        paid(("    split: [{payer: state-fund, share: 0.6}, {payer: aarhus, share: 0.4}]\n", "")),
        at(32, "", "metrics.1.split: nobody pays; write split here or for the whole agreement"),
        "Write a split in the metric, or one for the agreement.",
    ),
    Case(
        "terms",
        "A price for a group that does not exist",
        paid(("price: 1000.00", "price: [{amount: 1000.00}, {amount: 900.00, group: yung}]")),
        at(35, "", "metrics.1.price: there is no group 'yung' (old, young)"),
        "Correct the group, or add it to `groups`.",
    ),
    Case(
        "terms",
        "A group without a price",
        paid(("price: 1000.00", "price: [{amount: 1000.00, group: young}]")),
        at(35, "", "metrics.1.price: none is in force on 2021-01-01 for group old"),
        "Write a price for each group, or one without a group.",
    ),
    Case(
        "terms",
        "A price below zero",
        paid(("price: 1000.00", "price: -1000.00")),
        at(
            35,
            "",
            "metrics.1.price must not be below zero; for what costs money write negative: true",
        ),
        "Write the amount above zero, and `negative: true`.",
    ),
    Case(
        "terms",
        "Two prices from the same day",
        paid(("price: 1000.00", "price: [{amount: 1000.00}, {amount: 2000.00}]")),
        at(
            35,
            "",
            "metrics.1.price: two prices hold from the same day for the same group; keep one",
        ),
        "Keep one, or date the second.",
    ),
    Case(
        "terms",
        "No price at the start",
        paid(("price: 1000.00", "price: [{amount: 1000.00, valid_from: 2022-01-01}]")),
        at(35, "", "metrics.1.price: none is in force on 2021-01-01 for group old, young"),
        "Add the price in force at the start.",
    ),
    Case(
        "terms",
        "Guards on age that leave nobody",
        paid(("price: 1000.00", "price: 1000.00\n    guards: {age_from: 25, age_below: 18}")),
        at(36, "", "metrics.1.guards: age_from must be below age_below, or nobody is left"),
        "Swap the ages, or correct one.",
    ),
    Case(
        "terms",
        "Guards on days that leave nobody",
        paid(
            (
                "price: 1000.00",
                "price: 1000.00\n    guards: {enrolled_from: 2022-01-01, enrolled_before: 2021-06-01}",
            )
        ),
        at(
            36,
            "",
            "metrics.1.guards: enrolled_from must be before enrolled_before, or nobody is left",
        ),
        "Swap the days, or correct one.",
    ),
    Case(
        "terms",
        "A guard on a group that does not exist",
        paid(("price: 1000.00", "price: 1000.00\n    guards: {groups: [middle]}")),
        at(36, "", "metrics.1.guards.groups: there is no group 'middle' (old, young)"),
        "Correct the group, or add it to `groups`.",
    ),
    Case(
        "terms",
        "A group with two multipliers",
        paid(
            (
                "price: 1000.00",
                "price: 1000.00\n    multipliers: [{group: young, factor: 1.1}, {group: young, factor: 1.2}]",
            )
        ),
        at(36, "", "metrics.1.multipliers: a group stands twice; keep one factor"),
        "Keep one factor.",
    ),
    Case(
        "terms",
        "Two index factors from one day",
        paid(
            (
                "price: 1000.00",
                "price: 1000.00\n    indexation: [{valid_from: 2022-01-01, factor: 1.1}, {valid_from: 2022-01-01, factor: 1.2}]",
            )
        ),
        at(36, "", "metrics.1.indexation: each factor needs a valid_from of its own"),
        "Keep one, or date the second.",
    ),
    Case(
        "terms",
        "Metrics that exclude each other in two ways",
        paid(
            ("price: 1000.00", "price: 1000.00\n    exclusive: {among: work, keep: best}"),
            (
                "  - id: shelter-nights-saved\n",
                "  - id: again\n    kind: per_person\n    achieved_when: {indicator: job, equals: yes}\n    price: 5.00\n    exclusive: {among: work, keep: first}\n    split: [{payer: state-fund, share: 1}]\n  - id: shelter-nights-saved\n",
            ),
        ),
        (
            Finding(
                36,
                "",
                "metrics.1.exclusive: the metrics among 'work' keep different ones; write one keep",
            ),
            Finding(
                42,
                "",
                "metrics.2.exclusive: the metrics among 'work' keep different ones; write one keep",
            ),
        ),
        "Agree on one `keep` for all of them.",
    ),
    Case(
        "terms",
        "A word where yes or no is asked",
        paid(("price: 1000.00", "price: 1000.00\n    negative: maybe")),
        at(36, "metrics.0.negative", "negative must be true or false"),
        "Write true or false.",
    ),
    Case(
        "terms",
        "A cap on a metric that does not exist",
        paid(
            (
                "{scope: agreement",
                "{scope: metric, metric: wrk, limit: 5.00}\n  - {scope: agreement",
            )
        ),
        at(55, "", "caps.2.metric: there is no metric 'wrk' (shelter-nights-saved, work)"),
        "Correct the name: the cap would cap nothing.",
    ),
    Case(
        "terms",
        "A cap on a payer who pays nothing",
        paid(
            (
                "{scope: agreement",
                "{scope: payer, payer: dsi, limit: 5.00}\n  - {scope: agreement",
            )
        ),
        at(55, "", "caps.2.payer: 'dsi' pays nothing here (aarhus, state-fund)"),
        "Name a payer, or leave the cap out.",
    ),
    Case(
        "terms",
        "A cap that stands twice",
        paid(("{scope: agreement", "{scope: person, limit: 5.00}\n  - {scope: agreement")),
        at(53, "", "caps: the cap by person stands 2 times; keep one"),
        "Keep the one that you mean.",
    ),
    Case(
        "terms",
        "A cap without a limit",
        paid(("scope: agreement, limit: 1200000.00", "scope: agreement")),
        at(
            55,
            "caps.1",
            "item 2 of caps: a cap by agreement needs a limit, and neither multiple nor yearly_rate",
        ),
        "Write the limit.",
    ),
    Case(
        "terms",
        "A cap on the return as an amount",
        paid(("scope: agreement, limit", "scope: return, limit")),
        at(
            55,
            "caps.1",
            "item 2 of caps: a cap on the return needs either multiple or yearly_rate, and no limit",
        ),
        "Write a multiple of the capital or a yearly rate, or choose another scope.",
    ),
    Case(
        "terms",
        "A cap by metric that names none",
        paid(("scope: agreement, limit", "scope: metric, limit")),
        at(
            55,
            "caps.1",
            "item 2 of caps: metric is named where, and only where, the scope is metric",
        ),
        "Name the metric.",
    ),
    Case(
        "terms",
        "A bound on a yes or no",
        paid(("{indicator: job, equals: yes}", "{indicator: job, at_least: 1}")),
        at(
            34,
            "",
            "metrics.1.achieved_when.at_least and at_most are for numbers; job is of kind yes_no",
        ),
        "Write `equals: yes`.",
    ),
    Case(
        "terms",
        "A condition that says two things",
        paid(("{indicator: job, equals: yes}", "{indicator: job, equals: yes, at_least: 1}")),
        at(
            34,
            "metrics.0.achieved_when",
            "achieved_when: write either equals, or at_least and/or at_most",
        ),
        "Keep one of them.",
    ),
    Case(
        "terms",
        "Levels of something that has none",
        paid(("In work, kind: yes_no", "In work, kind: yes_no, levels: [a, b]")),
        at(
            29,
            "indicators.2",
            "item 3 of indicators: levels are for the kind 'level' only; leave them out",
        ),
        "Leave the levels out, or make it of kind `level`.",
    ),
    Case(
        "terms",
        "A kind of metric on the wrong kind of indicator",
        paid(
            (
                WORK,
                "  - id: work\n    kind: improvement\n    indicator: job\n    direction: up\n    measured_at_months: [12]\n    price: 5.00\n    split: [{payer: state-fund, share: 1}]\n",
            )
        ),
        at(
            34,
            "",
            "metrics.1.indicator: 'job' is of kind yes_no; it must be number, score_0_10",
        ),
        "Measure it as a score or a number, or choose another kind of metric.",
    ),
    Case(
        "terms",
        "Two metrics of one name",
        paid(("id: work\n", "id: shelter-nights-saved\n")),
        at(
            37,
            "",
            "metrics.2.id: 'shelter-nights-saved' stands twice; give each metric an id of its own",
        ),
        "Give each its own.",
    ),
    Case(
        "terms",
        "Shelter nights without a refund law",
        paid(("refund_law:\n  table: dk-shelter-refund\n  on_change: follow\n", "")),
        at(34, "", "metrics.2: shelter nights are refunded by law; write refund_law"),
        "Write which law refunds them, and whether it is followed.",
    ),
    Case(
        "terms",
        "Tiers out of order",
        paid(
            (
                WORK,
                "  - id: work\n    kind: tier\n    indicator: self-mastery\n    measured_at_months: [12]\n    tiers: [{at_least: 5, price: 5.00}, {at_least: 3, price: 7.00}]\n    split: [{payer: state-fund, share: 1}]\n",
            )
        ),
        at(36, "", "metrics.1.tiers: each must begin above the one before"),
        "Write them from the lowest to the highest.",
    ),
]
