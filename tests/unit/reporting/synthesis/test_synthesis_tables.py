"""What the tables and sentences of a synthesis report say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.reporting.synthesis import augmentation_tables, messages, sentences, tables
from pipeline.reporting.synthesis.folder import SynthesisFolder
from synthesis_samples import HOSTILE, LONG


def test_a_difference_from_training_on_real_messages_stands_out(plain: SynthesisFolder) -> None:
    table = tables.evaluator_table(plain)
    assert table.columns == ["real → real", "synthetic → real", "real + synthetic → real", "real → synthetic"]
    found = {row.head: [cell.stands_out for cell in row.cells] for row in table.bodies[0]}
    assert found["Gaussian naive Bayes"] == [False, True, False, False]
    assert found["Bernoulli naive Bayes"] == [False, True, True, False]
    assert list(found)[-1] == "GRU"


def test_all_metrics_have_a_row_for_each_evaluator_and_setting(plain: SynthesisFolder) -> None:
    table = tables.all_metrics_table(plain)
    assert [len(body) for body in table.bodies] == [4, 4, 4, 4]
    assert table.bodies[2][3].cells[1].value == "undefined"


def test_the_published_figures_are_set_beside_ours(plain: SynthesisFolder, odd: SynthesisFolder) -> None:
    table = tables.published_table(plain)
    assert table
    assert [cell.value for cell in table.bodies[0][0].cells] == ["0.926", "0.846", "0.814"]
    assert [row.cells[0].value for row in table.bodies[1]] == ["0.951", "0.902", "0.947", "0.873"]
    assert tables.published_table(odd) is None


def test_scores_are_grouped_and_written_in_their_units(plain: SynthesisFolder, odd: SynthesisFolder) -> None:
    rows = {row.head: row for body in tables.scorecard_table(plain).bodies for row in body}
    assert len(rows) == 14
    assert [cell.value for cell in rows["Copied runs of 4"].cells] == ["7.9 %", "4.8 %", "higher"]
    assert rows["Length distance"].cells[0].interval == "12.1 to 25.4"
    assert rows["Distinct words"].cells[2].value == "lower"
    assert {row.cells[1].interval for row in rows.values()} == {""}
    undefined = {row.head: row for body in tables.scorecard_table(odd).bodies for row in body}
    assert [cell.value for cell in undefined["Membership AUC"].cells[:2]] == ["undefined", "undefined"]
    assert [cell.interval for cell in undefined["Membership AUC"].cells[:2]] == ["", "needs a third real part"]
    assert undefined["MMD"].cells[1].interval == "", "no reason is known"


def test_a_score_that_is_not_known_here_is_left_out(plain: SynthesisFolder) -> None:
    more = plain.tables.scorecard.replace({"name": {"mmd": "something_new"}})
    run = replace(plain, tables=replace(plain.tables, scorecard=more))
    assert sum(map(len, tables.scorecard_table(run).bodies)) == 13


def test_verdicts_are_counted_for_each_method(plain: SynthesisFolder, odd: SynthesisFolder) -> None:
    rows = augmentation_tables.verdict_table(plain).bodies[0]
    assert [row.note for row in rows if row.head == "Synthetic messages"] == [
        "against doing nothing",
        "against random oversampling",
        "against word dropout",
        "against class weights",
    ]
    rows = rows[:-2]
    assert [cell.value for cell in rows[-1].cells] == ["0", "9", "3", "0", "9", "3"]
    assert [cell.stands_out for cell in rows[-1].cells] == [False, False, True, False, False, True]
    assert augmentation_tables.verdict_table(odd).bodies[0][-1].note == "against class weights; 6 undefined"


def test_augmentation_has_a_body_for_each_share_and_a_pair_of_columns_for_each_metric(plain: SynthesisFolder) -> None:
    table = augmentation_tables.augmentation_table(plain, "mnb")
    assert [len(body) for body in table.bodies] == [5, 5, 5, 5]
    assert table.columns[:4] == ["F1, chosen threshold", "difference", "PR-AUC", "difference"]
    assert {len(row.cells) for body in table.bodies for row in body} == {len(table.columns)}
    assert table.bodies[0][0].cells[1].value == ""
    assert table.bodies[0][0].note == "10 %, 26 messages"


def test_synthetic_messages_are_held_against_each_rival_at_each_share(plain: SynthesisFolder) -> None:
    table = augmentation_tables.rival_table(plain, "f1_validated")
    assert table.columns == ["10 % of spam (26)", "25 % of spam (64)", "50 % of spam (129)", "100 % of spam (257)"]
    assert [len(body) for body in table.bodies] == [4, 4, 4]
    nothing, oversampling, *_ = table.bodies[0]
    assert (nothing.head, nothing.note) == ("Multinomial naive Bayes", "against doing nothing")
    assert nothing.cells[0].value == "+0.020"
    assert (oversampling.cells[0].value, oversampling.cells[0].interval) == ("−0.030", "[−0.055, −0.005]")
    assert [cell.stands_out for cell in oversampling.cells] == [True, False, False, False]


def test_what_synthetic_messages_do_beside_each_rival_is_said_plainly(plain: SynthesisFolder) -> None:
    assert sentences.helped_sentence(plain.tables.augmentation).startswith(
        "By F1, adding synthetic messages cannot be told from doing nothing or class weights; is worse than random "
        "oversampling and word dropout in 3 of 12 each. By PR-AUC, adding"
    )
    assert sentences.helped_sentence(plain.tables.augmentation).endswith("no difference could be detected.")


def test_a_single_share_is_not_counted(plain: SynthesisFolder) -> None:
    table = plain.tables.augmentation
    said = sentences.helped_sentence(table[table["percent"] == 100])
    assert said.endswith(
        "3 paired comparisons on the real test part: 3 classifiers. At 95 % one comparison in twenty shows a "
        "difference by chance alone."
    )
    assert "share" not in said
    assert "no difference could be detected" not in said


def test_the_richer_prior_is_held_against_the_gaussian_one(plain: SynthesisFolder) -> None:
    gaussian, flow = tables.prior_table(plain).bodies[0]
    assert gaussian.cells[1].value == ""
    assert (flow.cells[1].value, flow.cells[1].stands_out) == ("+0.410", True)
    assert (
        "fits the codes better than the Gaussian one: it saves 0.410 [0.210, 0.600] nats"
        in sentences.prior_sentence(plain)
    )


@pytest.mark.parametrize(
    ("gain", "said"),
    [((-0.4, -0.6, -0.2), "fits the codes worse"), ((0.1, -0.1, 0.3), "No detectable difference")],
)
def test_a_richer_prior_may_fail(plain: SynthesisFolder, gain: tuple[float, float, float], said: str) -> None:
    priors = plain.tables.priors.copy()
    priors.loc[1, ["gain", "gain_low", "gain_high"]] = gain
    assert said in sentences.prior_sentence(replace(plain, tables=replace(plain.tables, priors=priors)))


def test_samples_are_of_the_class_and_say_what_they_copy(plain: SynthesisFolder) -> None:
    spam, ham = messages.samples(plain, 1), messages.samples(plain, 0)
    assert (spam[0].text, spam[0].copy_of) == (HOSTILE, 1_234)
    assert [sample.copy_of for sample in ham[:3]] == [1_234, 1_234, None]
    assert ham[1].text == ""
    assert len(spam) == len(ham) == 6


def test_messages_that_were_asked_for_come_first(plain: SynthesisFolder) -> None:
    found = messages.reconstructions(plain)
    assert [one.is_given for one in found] == [True, False, False]


def test_paths_keep_their_ends_and_the_order_of_their_steps(plain: SynthesisFolder, odd: SynthesisFolder) -> None:
    first, second = messages.paths(plain)
    assert [step for step, _ in first.steps] == [0, 20, 40, 60, 80, 100]
    assert (first.first, second.second) == (HOSTILE, LONG)
    assert messages.paths(odd) == []


@pytest.mark.parametrize(("mse", "said"), [(0.2, "no lower than that of"), (0.05, "% below that of")])
def test_a_reconstruction_is_held_against_the_mean_vector(plain: SynthesisFolder, mse: float, said: str) -> None:
    latent = replace(plain.report.latent, reconstruction_mse=mse)
    assert said in sentences.reconstruction_sentence(replace(plain.report, latent=latent))


@pytest.mark.parametrize(
    ("nats", "said"),
    [
        (4.87, "codes tell about 4.87 nats of which message they come from"),
        (5.4, "codes tell at least 5.40 nats (of at most 5.54 that 255 messages can show) of which message"),
    ],
)
def test_mutual_information_near_its_cap_is_a_lower_bound(plain: SynthesisFolder, nats: float, said: str) -> None:
    latent = replace(plain.report.latent, mutual_information_nats=nats)
    assert said in sentences.latent_sentence(replace(plain.report, latent=latent))


def test_what_the_intervals_of_augmentation_cover_depends_on_the_repeats(plain: SynthesisFolder) -> None:
    table = plain.tables.augmentation
    assert sentences.luck_sentence(table, 1, "spam").endswith(
        "the luck of the test messages alone, not which spam was drawn nor the synthesiser's seed."
    )
    several = sentences.luck_sentence(table, 5, "spam")
    assert "5 repeats: its intervals cover, roughly, the luck of the test messages and that of the repeats" in several
    assert several.endswith("one synthesiser serves all repeats.")
    assert "100 %" not in sentences.luck_sentence(table[table["percent"] < 100], 5, "spam")


def test_where_validation_is_test_the_texts_say_so(plain: SynthesisFolder, odd: SynthesisFolder) -> None:
    doubled = "test part, which doubles as the validation part"
    assert "an entry on the validation part, " in sentences.reconstruction_sentence(plain.report)
    assert f"an entry on the {doubled}, " in sentences.reconstruction_sentence(odd.report)
    assert "highest F1 on the validation part" in augmentation_tables.verdict_table(plain).caption
    assert f"highest F1 on the {doubled}" in augmentation_tables.verdict_table(odd).caption
    assert tables.prior_table(plain).caption.startswith("On the test part, for the validation part chose the epoch")
    assert tables.prior_table(odd).caption.startswith("On the test part, which also chose the epoch")
