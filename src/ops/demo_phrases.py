"""Sentences of the demo data, for every trade: postings, letters, notes and reasons."""

SHARED_DUTIES = (
    "Help new colleagues to find their feet in the first weeks",
    "Suggest better ways of working and try them out with the team",
    "Stand in for colleagues during holidays and illness",
    "Share what you know in our monthly learning afternoon",
    "Report to the team lead and keep her up to date without being asked",
)
NEEDS = {
    "entry": "No experience is needed: we train you thoroughly and at your pace",
    "junior": "A finished training or degree and first practical experience",
    "mid": "At least three years of experience in a comparable position",
    "senior": "Six or more years of experience and the calm that comes with it",
    "lead": "Experience in leading a small team and in developing people",
    "executive": "Ten years of experience, several of them with responsibility for a budget",
}
SHARED_NEEDS = (
    "A reliable and careful way of working, also on busy days",
    "Good command of the local language and of English",
    "Pleasure in working with people of many backgrounds",
    "The habit of asking early when something is unclear",
    "Readiness to learn new tools and to give up old ones",
    "A sense of humour that survives Monday mornings",
)
TEAMS = (
    "You join a team of {n} that likes its work and has room for one more.",
    "Our team of {n} is growing, and you would help to shape how it does.",
    "A colleague retires this year after a long time, and the team of {n} looks for a successor.",
    "The work has outgrown our {n} people, so this is a new position.",
)
OFFERS = (
    (
        "You get a permanent contract, thirty days of holiday, a pension plan and a budget for"
        " training that is actually spent."
    ),
    (
        "Expect fair pay that is reviewed every year, hours that can be planned around a family,"
        " and equipment that you choose yourself."
    ),
    (
        "We pay overtime or give it back as time off, support your way to work, and celebrate what"
        " we have finished."
    ),
    (
        "You can count on thorough training, a mentor for the first half year, and honest talks"
        " about your next step."
    ),
)
CLOSINGS = (
    (
        "Does this sound like you? Send us a few lines and your résumé; we answer within ten days,"
        " and two conversations are enough for us to decide."
    ),
    (
        "We look forward to your application, whatever your age, origin or gender. A perfect match"
        " with every point above is not necessary."
    ),
    (
        "Apply with a short note about what you like in your work. You will first speak with the"
        " people you would work with every day."
    ),
)
BENEFITS = (
    ("Thirty days of holiday", "And the days between the years on top."),
    ("Pension plan", "We double what you put in, up to five per cent of your pay."),
    ("Training budget", "A yearly amount for courses, books and conferences."),
    ("Flexible hours", "Plan your week around your life."),
    ("Public transport pass", "We pay for the way to work."),
    ("Meals", "A warm lunch every day at a small price."),
    ("Parental leave", "Full pay for sixteen weeks, for every parent."),
    ("Company bicycle", "Leased through us, yours at the end."),
    ("Health check", "Once a year, in working hours."),
)
LETTERS = (
    (
        "I have followed {company} for some time, and {title} is the position I was hoping for."
        " I bring practical experience with {skill} and enjoy explaining it to others."
    ),
    (
        "For four years I have worked with {skill} and would like to take the next step as"
        " {title}. I can start at the beginning of a month."
    ),
    (
        "My last team was dissolved in the spring, and I am looking for a place to stay. {title} at"
        " {company} fits what I do well, above all {skill}."
    ),
    (
        "A friend who works at {company} told me about this opening. I learn quickly, I like"
        " {skill}, and I would be glad to meet you."
    ),
)
NOTES = (
    "Good first impression on the phone, speaks clearly about the last position.",
    "References checked, both warm.",
    "Asks for a later start, the team can live with that.",
    "Strong on paper; let us test the practical side.",
    "Salary expectation is at the upper end of our range.",
    "Would also fit the second opening, please compare.",
)
REJECTED = (
    "Another candidate was a closer match.",
    "The experience asked for is missing.",
    "The position has been filled.",
)
WITHDRAWN = ("I have accepted another offer.", "My plans have changed.")
SOURCES = ("job board", "referral", "career page", "search engine", "newsletter")
