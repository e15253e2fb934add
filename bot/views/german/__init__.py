"""The German catalogue: English template -> German, with the same `{slots}`; by topic, one module each."""

from bot.connectors import CONNECTORS
from bot.views.german import advice, answers, card, forms, mistakes, news

GERMAN: dict[str, str] = {
    **advice.TEXTS,
    **answers.TEXTS,
    **card.TEXTS,
    **forms.TEXTS,
    **mistakes.TEXTS,
    **news.TEXTS,
    **{text: told for one in CONNECTORS.values() for text, told in one.german.items()},
}
