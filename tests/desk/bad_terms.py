"""What is wrong in terms: how they are written, who takes part, and what is signed."""

from __future__ import annotations

from ledger.decide.refusal import Finding
from tests.desk.good_input import TERMS
from tests.desk.spoiling import CUT_OFF, ONE_LINE, Case, at, swap, whole

WRITTEN = [
    Case(
        "terms",
        "An empty file",
        whole("# terms follow\n"),
        at(1, "", "the file is empty"),
        "Write the terms, or name the right file.",
    ),
    Case(
        "terms",
        "Half a file",
        whole(TERMS[: TERMS.index("0.00}\n  - {scope: agreement")]),
        at(47, "", CUT_OFF),
        "Get the whole file: what is cut off may be a cap, or the end of an amount.",
    ),
    Case(
        "terms",
        "A tab",
        swap(("    indicator: no", "\tindicator: no")),
        at(34, "", "this is not YAML: a tab stands here; indent with spaces"),
        "Replace the tab with spaces.",
    ),
    Case(
        "terms",
        "Not YAML",
        swap(("title: Housing First for", "title: Housing First: for")),
        at(2, "", "this is not YAML: mapping values are not allowed here"),
        "Put a text that holds a colon in quotation marks.",
    ),
    Case(
        "terms",
        "Something other than terms",
        whole("Dear all,\n"),
        at(1, "", "the file must be a group of keys and values"),
        "Name the right file.",
    ),
    Case(
        "terms",
        "A misspelt key",
        swap(("scope: agreement, limit:", "scope: agreement, limt:")),
        at(
            48,
            "caps.1.limt",
            "'limt' is not known here; did you mean 'limit'?",
        ),
        "Correct the key. A cap under a wrong key would cap nothing.",
    ),
    Case(
        "terms",
        "A key that is not known",
        swap(("  kind: first_loss", "  kind: first_loss\n  fee: 1.00")),
        at(22, "guarantee.fee", "'fee' is not known here; known are amount, guarantor, kind"),
        "Leave it out: what the ledger does not know, it would not do.",
    ),
    Case(
        "terms",
        "A key is missing",
        swap(("people: 2\n", "")),
        at(1, "people", "'people' is missing"),
        "Add the key.",
    ),
    Case(
        "terms",
        "A key without a value",
        swap(("people: 2", "people:")),
        at(7, "people", "people has no value"),
        "Write the value.",
    ),
    Case(
        "terms",
        "A key that stands twice",
        swap(("people: 2", "people: 2\npeople: 20")),
        at(8, "people", "'people' stands twice; keep one"),
        "Keep one.",
    ),
    Case(
        "terms",
        "A Danish date",
        swap(("starts_on: 2021-01-01", "starts_on: 01-01-2021")),
        at(5, "starts_on", "starts_on: '01-01-2021' is not a date; write it as 2024-02-29"),
        "Write year, month, day.",
    ),
    Case(
        "terms",
        "A day that does not exist",
        swap(("ends_on: 2028-12-31", "ends_on: 2028-11-31")),
        at(6, "ends_on", "ends_on: '2028-11-31' is not a day in the calendar"),
        "Correct the day.",
    ),
    Case(
        "terms",
        "An amount as 15.9m",
        swap(("500000.00", "0.5m")),
        at(
            16,
            "investment.0.amount",
            "amount: '0.5m' is not an amount; write it as 90420.00",
        ),
        "Write all the digits.",
    ),
    Case(
        "terms",
        "An amount with three decimals",
        swap(("1180.00", "1180.125")),
        at(
            39,
            "metrics.0.counterfactual.reference_tariffs.0.per_night",
            "per_night: '1180.125' is not an amount; write it as 90420.00",
        ),
        "Write whole øre.",
    ),
    Case(
        "terms",
        "A share in per cent",
        swap(("share: 0.27", "share: 27 %")),
        at(
            45,
            "metrics.0.municipal_side.share",
            "share: '27 %' is not a share; write a number from 0 to 1, such as 0.50",
        ),
        "Write 0.27.",
    ),
    Case(
        "terms",
        "A number that is not whole",
        swap(("people: 2", "people: 2.0")),
        at(7, "people", "people: '2.0' is not a whole number"),
        "Write 2.",
    ),
    Case(
        "terms",
        "Nobody to serve",
        swap(("people: 2", "people: 0")),
        at(7, "people", "people must be at least 1"),
        "Write how many people the agreement is for.",
    ),
    Case(
        "terms",
        "A currency that is not known",
        swap(("currency: DKK", "currency: kr")),
        at(3, "currency", "currency must be 'DKK', 'EUR', 'GBP', 'NOK', 'SEK' or 'USD'"),
        "Write the ISO code.",
    ),
    Case(
        "terms",
        "A role that is not known",
        swap(("roles: [outcome_payer]", "roles: [payer]")),
        at(
            9,
            "parties.0.roles.0",
            "item 1 of roles must be "
            "'outcome_payer', 'co_payer', 'investor', 'provider' or 'guarantor'",
        ),
        "Use one of the roles.",
    ),
    Case(
        "terms",
        "A payer without the role of one",
        swap(("roles: [co_payer, provider]", "roles: [provider]")),
        at(8, "", "parties: 'aarhus' needs the role 'co_payer'"),
        "Give the party the role, or correct who pays.",
    ),
    Case(
        "terms",
        "A guarantor who is not a party",
        swap(("guarantor: bikuben", "guarantor: bikubenfonden")),
        at(
            8,
            "",
            "parties: there is no party 'bikubenfonden' "
            "(aarhus, bikuben, council-fund, dsi, state-fund)",
        ),
        "Correct the name, or add the party.",
    ),
    Case(
        "terms",
        "No provider",
        swap(("roles: [co_payer, provider]", "roles: [co_payer]")),
        at(8, "", "parties: exactly one must have the role 'provider'"),
        "Say who provides: drawdowns are paid to it.",
    ),
    Case(
        "terms",
        "A party's name that is not a short name",
        swap(("id: state-fund", "id: State Fund")),
        (
            Finding(
                9,
                "parties.0.id",
                "'State Fund' is not a short name: use a-z, 0-9 and hyphens, from a letter",
            ),
        ),
        "Write a short name here and the full one under `name`.",
    ),
    Case(
        "terms",
        "An investor listed twice",
        swap(("investor: council-fund", "investor: dsi"), ("residual_investor: dsi",) * 2),
        at(14, "", "investment: 'dsi' stands 2 times"),
        "Make one commitment of the two, or correct the name.",
    ),
    Case(
        "terms",
        "A commitment of nothing",
        swap(("500000.00", "0.00")),
        at(14, "", "investment of dsi must be above zero"),
        "Write what is committed, or leave the investor out.",
    ),
    Case(
        "terms",
        "The residual payer pays nothing",
        swap(("residual_payer: state-fund", "residual_payer: dsi")),
        at(50, "", "rounding.residual_payer must be one of the payers"),
        "Name the payer of the state's or of the municipality's side.",
    ),
    Case(
        "terms",
        "The residual investor invests nothing",
        swap(("residual_investor: dsi", "residual_investor: bikuben")),
        at(51, "", "rounding.residual_investor must be one of the investors"),
        "Name an investor.",
    ),
    Case(
        "terms",
        "Milestones out of order",
        swap(("[12, 24]", "[24, 12]")),
        at(
            30,
            "metrics.0",
            "item 1 of metrics: measured_at_months must be whole months above zero in rising order",
        ),
        "Write them in rising order, each once.",
    ),
    Case(
        "terms",
        "The condition names an indicator that is not measured",
        swap(("indicator: no-shelter", "indicator: no-home")),
        at(34, "", "metrics.1.achieved_when.indicator names no indicator: 'no-home'"),
        "Correct the name, or add the indicator.",
    ),
    Case(
        "terms",
        "The condition asks for a value that the indicator cannot have",
        swap(("equals: yes", "equals: true")),
        at(35, "", "metrics.1.achieved_when.equals: write yes or no"),
        "Write yes or no.",
    ),
    Case(
        "terms",
        "The end is before the start",
        swap(("ends_on: 2028-12-31", "ends_on: 2020-12-31")),
        at(6, "", "ends_on 2020-12-31 must be after starts_on 2021-01-01"),
        "Correct one of the days.",
    ),
    Case(
        "terms",
        "Signed after the start",
        swap(("signed_on: 2020-12-15", "signed_on: 2021-12-15")),
        at(4, "", "signed_on 2021-12-15 must not be after 2021-01-01"),
        "Correct one of the days.",
    ),
    Case(
        "terms",
        "No price of a counterfactual night at the start",
        swap(("valid_from: 2021-01-01", "valid_from: 2022-01-01")),
        at(38, "", "metrics.1.counterfactual.reference_tariffs has none in force on 2021-01-01"),
        "Add the tariff in force at the start.",
    ),
    Case(
        "terms",
        "More counterfactual nights than a year has",
        swap(("nights_per_year: 240", "nights_per_year: 400")),
        at(
            37,
            "metrics.0.counterfactual.nights_per_year",
            "nights_per_year must be at most 365",
        ),
        "Correct the number.",
    ),
]

SIGNED = [
    Case(
        "terms",
        "Anchors and aliases",
        swap(("share: 1.00", "share: &all 1.00"), ("share: 0.27", "share: *all")),
        (
            Finding(42, "", "'&' and '*' are not used in terms; write the value out"),
            Finding(45, "", "'&' and '*' are not used in terms; write the value out"),
        ),
        "Write each value where it belongs, so that everybody can read it there.",
    ),
    Case(
        "terms",
        "A text over several lines, or with a character that cannot be seen",
        swap(
            ("title: Housing First for", "title: |\n  Housing First\n  for"),
            ("name: Bikubenfonden", 'name: "Bikuben\\u200bfonden"'),
        ),
        (
            Finding(2, "title", f"title: {ONE_LINE}"),
            Finding(15, "parties.4.name", f"name: {ONE_LINE}"),
        ),
        "Type it anew.",
    ),
    Case(
        "terms",
        "Two agreements in one file",
        whole(TERMS + "---\n" + TERMS),
        at(52, "", "this is not YAML: but found another document"),
        "Write a file for each agreement.",
    ),
    Case(
        "terms",
        "Signed terms with something changed",
        swap(("people: 2", "people: 3")),
        "agreement 'youth-1' is signed with other terms; signed terms are not edited",
        "Sign a new agreement under another name.",
    ),
    Case(
        "terms",
        "Another currency than the ledger's",
        swap(("youth-1", "youth-2"), ("DKK", "EUR")),
        "the ledger is in DKK, the terms are in EUR",
        "Keep a ledger for each currency.",
    ),
    Case(
        "terms",
        "A table of refund rules that is not in the ledger",
        swap(("youth-1", "youth-2"), ("dk-shelter-refund", "dk-refund")),
        "refund_law.table: there is no rule table 'dk-refund' (dk-shelter-refund)",
        "Correct the name.",
    ),
]
"""What is found only beside everything else: in the file as a whole, or in the ledger."""
