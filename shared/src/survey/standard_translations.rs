//! The standard survey in other languages: the members are addressed formally, and every item can be agreed with
//! from "not at all" to "completely".

/// A language, the title, and the prompts in the order of the standard survey.
pub type Texts = (&'static str, &'static str, [&'static str; 7]);

pub const TRANSLATIONS: [Texts; 5] = [GERMAN, FRENCH, SPANISH, JAPANESE, ARABIC];

const GERMAN: Texts = (
    "de",
    "Was ist Ihnen diese Community wert?",
    [
        "Die Community hilft mir, das Produkt besser zu verstehen.",
        "Hier finde ich Möglichkeiten, das Produkt einzusetzen, auf die ich selbst nicht gekommen wäre.",
        "Ich lerne davon, wie andere Mitglieder arbeiten.",
        "Mein Wissen und meine Erfahrung werden hier anerkannt.",
        "Was wir hier sagen, beeinflusst, wohin sich das Produkt entwickelt.",
        "Wie wahrscheinlich ist es, dass Sie diese Community einer Kollegin oder einem Kollegen weiterempfehlen?",
        "Was würde diese Community für Sie nützlicher machen?",
    ],
);

const FRENCH: Texts = (
    "fr",
    "Quelle valeur cette communauté a-t-elle pour vous\u{a0}?",
    [
        "La communauté m’aide à mieux comprendre le produit.",
        "Je découvre ici des façons d’utiliser le produit auxquelles je n’aurais pas pensé.",
        "J’apprends de la manière dont les autres membres travaillent.",
        "Mes connaissances et mon expérience sont reconnues ici.",
        "Ce que nous disons ici influence l’évolution du produit.",
        "Quelle est la probabilité que vous recommandiez cette communauté à un ou une collègue\u{a0}?",
        "Qu’est-ce qui rendrait cette communauté plus utile pour vous\u{a0}?",
    ],
);

const SPANISH: Texts = (
    "es",
    "¿Qué valor tiene esta comunidad para usted?",
    [
        "La comunidad me ayuda a comprender mejor el producto.",
        "Aquí encuentro formas de usar el producto que no se me habrían ocurrido.",
        "Aprendo de la forma en que trabajan otros miembros.",
        "Aquí se reconocen mis conocimientos y mi experiencia.",
        "Lo que decimos aquí influye en el rumbo del producto.",
        "¿Qué probabilidad hay de que recomiende esta comunidad a un o una colega?",
        "¿Qué haría que esta comunidad le resultara más útil?",
    ],
);

const JAPANESE: Texts = (
    "ja",
    "このコミュニティは、あなたにとってどのような価値がありますか？",
    [
        "このコミュニティは、製品をより深く理解するのに役立っています。",
        "ここでは、自分では思いつかなかった製品の使い方が見つかります。",
        "ほかのメンバーの仕事の進め方から学んでいます。",
        "ここでは、自分の知識や経験が認められています。",
        "ここでの私たちの発言は、製品の方向性に影響を与えています。",
        "このコミュニティを同僚に薦める可能性はどのくらいありますか？",
        "このコミュニティがあなたにとってさらに役立つものになるには、何が必要だと思いますか？",
    ],
);

const ARABIC: Texts = (
    "ar",
    "ما قيمة هذا المجتمع بالنسبة إليك؟",
    [
        "يساعدني المجتمع على فهم المنتج فهمًا أفضل.",
        "أجد هنا طرقًا لاستخدام المنتج لم تكن لتخطر ببالي.",
        "أتعلّم من طريقة عمل الأعضاء الآخرين.",
        "تحظى معرفتي وخبرتي بالتقدير هنا.",
        "يسهم ما نقوله هنا في تحديد مسار المنتج.",
        "ما مدى احتمال أن توصي أحد زملائك بهذا المجتمع؟",
        "ما الذي من شأنه أن يجعل هذا المجتمع أكثر فائدة لك؟",
    ],
);
