"""The gate that every text passes before any work: rules of words, lists of names and the trained classifier together."""

from __future__ import annotations

from functools import lru_cache

from . import names
from .decision import Decision, Finding, Refused
from .lexicon import STRENGTH, Hit, Reading, tokens_of
from .normalise import Normalised, normalise
from .policy import CATEGORIES, Policy

KINDS = ("prompt", "negative", "name", "card")
MINORS_SEX = 0.95  # strength of a word of minority beside a word of sex
EVADED = 0.1  # added to what shows only after a disguise is undone, or beside an order to ignore the rules
# Naming these in what shall NOT be seen asks for their absence.
_COVERS = frozenset("clothes clothing clothed dress dressed garment garments underwear censored censorship mosaic pixelation vetement vetements habits habille habillee culotte censure".split())


class PromptGate:
    """Judges texts by a policy. `judge` says what was found; `check` raises Refused where that is a refusal.

    encoder: a prompts.TextEncoder to share with the classifier (its own else); classifier: what has its `scores` and `words`
    (the shipped one else). Where the policy enables the classifier and it cannot be loaded or fails, every text is refused:
    the gate fails closed.
    """

    def __init__(self, policy: Policy | None = None, encoder=None, classifier=None):
        self.policy, self._encoder, self._classifier = policy or Policy.load(), encoder, classifier
        self._judged = lru_cache(maxsize=256)(self._judge)

    def judge(self, text: str, kind: str = "prompt") -> Decision:
        """What counts for and against a text. kind: "prompt", "card" (words shown in the film), "name" (of a reference or
        character: no classifier), "negative" (what shall not be seen). ValueError for another kind or what is no text."""
        if kind not in KINDS:
            raise ValueError(f"There is no kind of text {kind!r}; choose one of {', '.join(KINDS)}.")
        if not isinstance(text, str):
            raise ValueError(f"Only text can be judged, not {type(text).__name__}.")
        return self._judged(text, kind)

    def check(self, text: str, kind: str = "prompt") -> Decision:
        """The decision if the text may pass; raises Refused if not."""
        decision = self.judge(text, kind)
        if not decision.allowed:
            raise Refused(decision)
        return decision

    def _judge(self, text: str, kind: str) -> Decision:
        cleaned = normalise(text)
        readings = [Reading(view, cleaned.language) for view in cleaned.views]
        findings = self._minors(readings)
        if self.policy.prompts.enabled:
            findings += self._negative(cleaned) if kind == "negative" else self._rules(cleaned, readings)
            if kind in ("prompt", "card") and self.policy.prompts.classifier:
                # What is only possible (a view) is judged where a disguise was undone, at most two of them.
                texts = [reading.without_harmless() for reading in (readings[:3] if cleaned.evasions else readings[:1])]
                texts = [text for text in texts if len(text.split()) > 1]  # of a word alone only the lists can say anything
                found = self._classified(list(dict.fromkeys(texts)), cleaned.language) if texts else []
                if found is None:
                    return Decision(False, tuple(findings), (), cleaned.text, "The prompt classifier cannot be used, and the policy enables it, so nothing passes: "
                                    "repair the installation, or set prompts.classifier: false in the policy.", cleaned.evasions)  # fmt: skip
                findings += found
        return self._decided(findings, cleaned)

    def _decided(self, findings: list[Finding], cleaned: Normalised) -> Decision:
        findings = sorted(findings, key=lambda f: -f.score)
        actions = {f.category: self.policy.prompts.categories[f.category].action for f in findings if f.counts}
        labels = tuple(c for c in CATEGORIES if actions.get(c) == "label")
        return Decision("refuse" not in actions.values(), tuple(findings), labels, cleaned.text, self.policy.prompts.appeal, cleaned.evasions)

    def _finding(self, category: str, words: tuple[str, ...], score: float, source: str) -> Finding:
        rule = self.policy.prompts.categories[category]
        return Finding(category, tuple(dict.fromkeys(words)), min(score, 1.0), rule.threshold, rule.rule, source)

    def _minors(self, readings: list[Reading]) -> list[Finding]:
        """Words of minority beside words of sex, in any views and languages; no policy switches this off."""
        minor = {h.words: h.strength for r in readings for h in r.minor}
        sexual = {h.words: h.strength for r in readings for h in r.sexual if h.strength >= STRENGTH["likely"]}
        plain = [h for r in readings for h in r.hits if h.category == "sexual_minors"]
        if plain:
            return [self._finding("sexual_minors", tuple(h.words for h in plain), 0.99, "rule")]
        if not minor or not sexual:
            return []
        return [self._finding("sexual_minors", (*list(minor)[:2], *list(sexual)[:2]), MINORS_SEX, "rule")]

    def _rules(self, cleaned: Normalised, readings: list[Reading]) -> list[Finding]:
        best: dict[tuple[str, str], tuple[float, tuple[str, ...]]] = {}
        for number, (view, reading) in enumerate(zip(cleaned.views, readings)):
            named = names.find(view, cleaned.language, self.policy.prompts.allow)
            own = self._own(view)
            for source, hits in (("lexicon", reading.hits), ("names", named), ("policy", own)):
                for category, (score, words) in scored(hits).items():
                    if cleaned.evasions and (number or "instruction to ignore the rules" in cleaned.evasions):
                        score += EVADED
                    best[category, source] = max(best.get((category, source), (0.0, ())), (score, words))
        return [self._finding(category, words, score, source) for (category, source), (score, words) in best.items()
                if category != "sexual_minors" and self.policy.prompts.categories[category].action != "off"]  # fmt: skip

    def _own(self, view: str) -> list[Hit]:
        tokens = f" {' '.join(tokens_of(view))} "
        return [Hit(category, 1.0, "", word, "", (0, 1)) for category, words in self.policy.prompts.refuse.items()
                for word in words if f" {' '.join(tokens_of(word))} " in tokens]  # fmt: skip

    def _negative(self, cleaned: Normalised) -> list[Finding]:
        """A negative prompt may name any harm, for it asks for none; only "no clothes" asks for something."""
        covers = tuple(t for t in tokens_of(cleaned.text) if t in _COVERS)
        asked = covers and self.policy.prompts.categories["sexual"].action != "off"
        return [self._finding("sexual", covers, STRENGTH["likely"], "negative prompt")] if asked else []

    def _classified(self, texts: list[str], language: str) -> list[Finding] | None:
        """Findings of the trained classifier on the strongest of some texts; None when it cannot be used.

        It does not see the harmless phrases of the lists, whose words alone would alarm it ("the naked eye"). Which words count
        most is asked, at the price of many more readings, only for what is refused.
        """
        try:
            if self._classifier is None:
                from .classifier import Classifier

                self._classifier = Classifier(self._encoder)
            scores = [self._classifier.scores(text, language) for text in texts]
            found = []
            for category in scores[0]:
                rule = self.policy.prompts.categories[category]
                score, text = max((said[category], text) for said, text in zip(scores, texts))
                if rule.action == "off" or score < 0.5 * rule.threshold:
                    continue
                words = self._classifier.words(text, category, language) if score >= rule.threshold and rule.action == "refuse" else ()
                found.append(self._finding(category, tuple(words), float(score), "classifier"))
            return found
        except Exception:  # whatever went wrong: what cannot be judged does not pass
            return None


def scored(hits: list[Hit]) -> dict[str, tuple[float, tuple[str, ...]]]:
    """Category to (score, words): the strongest entry, or hints of different groups together (1 - product of 1 - hint)."""
    out: dict[str, tuple[float, tuple[str, ...]]] = {}
    for category in {h.category for h in hits}:
        mine = [h for h in hits if h.category == category]
        strongest = max(h.strength for h in mine)
        groups = {h.group for h in mine if h.strength <= STRENGTH["hint"]}
        together = 1.0 - (1.0 - STRENGTH["hint"]) ** len(groups)
        words = [h.words for h in sorted(mine, key=lambda h: -h.strength)]
        out[category] = (max(strongest, together), tuple(dict.fromkeys(words))[:4])
    return out
