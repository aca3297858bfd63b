"""Languages beside English, in small shares: their words, and the few sentences we say in them."""

import functools
from dataclasses import dataclass

from mimesis import Locale, Person, Text

from src.ops.seed import shape

_SEED = 1


@dataclass(frozen=True, slots=True)
class Language:
    """How postings of a language open and are divided, and what stands between two words.

    `opening` takes the company, the title and the city; `headings` are duties, needs and offer.
    """

    locale: Locale
    function_words: tuple[str, ...]
    opening: str
    headings: tuple[str, str, str]
    gap: str = " "
    stop: str = "."

    @property
    def words(self) -> tuple[str, ...]:
        return _table(self)

    @property
    def titles(self) -> tuple[str, ...]:
        return _occupations(self.locale)


def _language(
    locale: Locale, words: str, opening: str, headings: str, *, gap: str = " ", stop: str = "."
) -> Language:
    duties, needs, offer = headings.split("|")
    return Language(locale, tuple(words.split()), opening, (duties, needs, offer), gap, stop)


LANGUAGES = {
    "de": _language(
        Locale.DE,
        "und die der für wir in sie mit das von zu den im ist ein eine auf bei unser ihre als auch"
        " Erfahrung Kenntnisse Aufgaben Mitarbeiter Unternehmen Ausbildung Bereich",
        "Wir von {company} suchen für unser Team in {city} ab sofort: {title}.",
        "Ihre Aufgaben|Ihr Profil|Das bieten wir",
    ),
    "es": _language(
        Locale.ES,
        "de y en la para el con que los un a una del por las se experiencia trabajo equipo empresa"
        " conocimientos formación desarrollo clientes",
        "En {company} buscamos {title} para nuestro equipo de {city}.",
        "Tus funciones|Requisitos|Qué ofrecemos",
    ),
    "fr": _language(
        Locale.FR,
        "de et la les des en le à du un vous une pour dans au nous est sur votre avec expérience"
        " équipe entreprise compétences missions formation poste",
        "{company} recherche pour son équipe à {city} : {title}.",
        "Vos missions|Votre profil|Ce que nous offrons",
    ),
    "nl": _language(
        Locale.NL,
        "en de van een het in je voor met is op te bij aan als die wij ons ervaring werk team"
        " organisatie opleiding kennis klanten",
        "Voor ons team in {city} zoekt {company}: {title}.",
        "Wat ga je doen|Wat breng je mee|Wat bieden wij",
    ),
    "pl": _language(
        Locale.PL,
        "i w z na do oraz się dla o od pracy jest po przez nie doświadczenie umiejętność znajomość"
        " zespół firma szkolenia klientów",
        "{company} szuka do zespołu w mieście {city}: {title}.",
        "Zakres obowiązków|Wymagania|Oferujemy",
    ),
    "pt": _language(
        Locale.PT,
        "de e a em para o com que da do os uma um no na experiência equipe empresa trabalho"
        " conhecimento formação clientes benefícios",
        "A {company} procura {title} para a equipe de {city}.",
        "Suas tarefas|Requisitos|O que oferecemos",
    ),
    "sv": _language(
        Locale.SV,
        "och att som i för med du vi en är på av till har det om erfarenhet arbete team företag"
        " utbildning kunskap kunder",
        "{company} söker till vårt team i {city}: {title}.",
        "Dina uppgifter|Din bakgrund|Vi erbjuder",
    ),
    "zh": _language(
        Locale.ZH,
        "的 和 工作 公司 能力 经验 负责 团队 技术 以上 客户 产品 管理 相关 具有 熟悉 优先",
        "{company}诚聘{title}，工作地点：{city}。",
        "岗位职责|任职要求|福利待遇", gap="", stop="。",
    ),
    "ja": _language(
        Locale.JA,
        "の を に は が と 経験 仕事 業務 会社 開発 チーム 方 お客様 募集 です ます 必要",
        "{company}は{city}で{title}を募集しています。",
        "仕事内容|応募資格|待遇", gap="", stop="。",
    ),
    "ko": _language(
        Locale.KO,
        "및 업무 경험 경력 관리 회사 개발 우대 팀 고객 이상 지원 가능 능력 교육 근무",
        "{company}에서 {city} 근무 {title}을(를) 모집합니다.",
        "담당업무|자격요건|복리후생",
    ),
    "ar": _language(
        Locale.AR_EG,
        "في من على و العمل خبرة مع فريق إلى شركة أن مهارات القدرة إدارة العملاء تدريب",
        "تبحث {company} في {city} عن {title}.",
        "المهام|المتطلبات|ما نقدمه",
    ),
}  # fmt: skip


@functools.cache
def _table(language: Language) -> tuple[str, ...]:
    others = dict.fromkeys(Text(language.locale, seed=_SEED).words(quantity=20_000))
    return shape.table(tuple(dict.fromkeys((*language.function_words, *others))))


@functools.cache
def _occupations(locale: Locale) -> tuple[str, ...]:
    person = Person(locale, seed=_SEED)
    return tuple(dict.fromkeys(person.occupation() for _ in range(2_000)))
