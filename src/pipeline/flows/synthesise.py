"""Synthesis of messages, and the judgement of what is made beside real messages that the synthesiser has not seen."""

from __future__ import annotations

from pipeline.flows.prepare import prepare
from pipeline.plan import Plan
from pipeline.settings import Node
from pipeline.stages.augmentation import compare_augmentation
from pipeline.stages.evaluators import evaluate_naive_bayes, evaluate_networks
from pipeline.stages.fill import take_no_extra
from pipeline.stages.fit import fit_classifier
from pipeline.stages.fit_vae import fit_vae
from pipeline.stages.probe import probe_messages, read_given
from pipeline.stages.scorecard import score_synthetic
from pipeline.stages.synthesis_report import synthesis_report
from pipeline.stages.synthesise import encode_messages, generate_messages
from pipeline.stages.training_sets import take_no_real, take_real, take_synthetic


def synthesise(run: Plan, cfg: Node) -> None:
    """Train a synthesiser on the training part, let it write as many messages, and judge these on the test part."""
    made = prepare(run, cfg)
    split, tokens, embedding = made.split, made.tokens, made.embedding
    given = run(read_given, made.stop_words, tokens, cfg.preprocess.clean, cfg.probe)
    fitted = run(fit_vae, split, tokens, embedding, cfg.synthesiser)
    latents = run(encode_messages, split, tokens, embedding, fitted, cfg.synthesiser, cfg.evaluate)
    synthetic = run(generate_messages, made.corpus, split, tokens, embedding, fitted, cfg.synthesiser)
    probes = run(probe_messages, given, made.texts, split, tokens, embedding, fitted, cfg.synthesiser, cfg.probe)
    naive_bayes = run(evaluate_naive_bayes, split, tokens, embedding, synthetic, cfg.evaluate)
    real, no_real = run(take_real, split), run(take_no_real, split)
    extra, no_extra = run(take_synthetic, tokens, synthetic), run(take_no_extra, tokens)
    of_real = run(fit_classifier, split, real, no_extra, tokens, embedding, cfg.model, cfg.training)
    of_synthetic = run(fit_classifier, split, no_real, extra, tokens, embedding, cfg.model, cfg.training)
    of_both = run(fit_classifier, split, real, extra, tokens, embedding, cfg.model, cfg.training)
    networks = run(evaluate_networks, split, tokens, synthetic, of_real, of_synthetic, of_both, cfg.evaluate)
    scorecard = run(score_synthetic, split, tokens, embedding, synthetic, cfg.evaluate)
    augmentation = run(
        compare_augmentation, split, tokens, embedding, fitted, cfg.synthesiser, cfg.augmentation, cfg.evaluate
    )
    run.report(
        synthesis_report,
        *(made.corpus, made.texts, made.pool, split, tokens, embedding),
        *(fitted, latents, synthetic, probes, naive_bayes, networks, scorecard, augmentation),
        cfg.report,
    )
