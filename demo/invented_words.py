"""The words of which invented families are made: names, sentences, ways to be reached. Nobody is meant by any of them."""

from reachin.access.directory.enums import Need

GROWN_UPS = (
    *("Aileen", "Amina", "Angus", "Anna", "Callum", "Ceit", "Claire", "Craig", "Dawn", "Derek", "Donna", "Eilidh", "Ewan", "Farah"),
    *(
        "Fiona",
        "Gillian",
        "Graham",
        "Hamish",
        "Ines",
        "Iona",
        "Isobel",
        "Jackie",
        "Janine",
        "Kasia",
        "Kirsten",
        "Lesley",
        "Leszek",
        "Lorna",
    ),
    *("Magda", "Mairi", "Maureen", "Mhairi", "Nadia", "Neil", "Oksana", "Pauline", "Peigi", "Rab", "Rhona", "Rosa", "Sadiq", "Seonag"),
    *("Sharon", "Shaun", "Stacey", "Tam", "Tariq", "Teresa", "Uilleam", "Vicky", "Wojtek", "Yvonne", "Zainab", "Zoe", "נועה", "ليلى"),
)
CHILDREN = (
    *("Aaron", "Abbie", "Aisha", "Alfie", "Ava", "Beth", "Blair", "Brodie", "Caitlin", "Cameron", "Catrìona", "Cody", "Daisy", "Dylan"),
    *("Ella", "Ellie", "Eòghan", "Erin", "Evie", "Finlay", "Finn", "Freya", "Grace", "Hamza", "Harris", "Holly", "Isla", "Jack"),
    *("Jamie", "Jayden", "Jude", "Kai", "Kyle", "Lewis", "Lily", "Logan", "Lucy", "Lyla", "Mason", "Maya", "Mia", "Millie"),
    *("Mòrag", "Mirren", "Noah", "Oliwia", "Ollie", "Orla", "Poppy", "Ravi", "Reuben", "Robbie", "Rory", "Ruairidh", "Ruby", "Skye"),
    *("Sofia", "Tadhg", "Theo", "Tomasz", "Yusuf", "Zara"),
)
OPENINGS = (
    "I don't really know where to begin.",
    "Thank you for reading this.",
    "My neighbour said that you are all right to ask.",
    "It has been a long year.",
    "We manage most days.",
    "I have put this off for a while.",
    "It is not one big thing, it is a lot of small ones.",
)
CLOSINGS = (
    "I would be glad of a word with somebody.",
    "Mornings are worst.",
    "We are good at some things too: we laugh a lot.",
    "I don't want to be any trouble.",
    "Anything that helps a bit is a help.",
    "Please don't make us tell it all again to everybody.",
    "The school knows us and has been kind.",
)
SENTENCES: dict[Need, tuple[str, ...]] = {
    Need.MONEY: (
        "The money is gone by the twentieth, whatever I do.",
        "The meter eats what should be for shoes.",
        "We got a letter about the rent, and I have not opened the second one.",
    ),
    Need.HOUSING: (
        "We are four in two rooms and the wall is wet.",
        "We stop with my sister just now and it cannot go on.",
        "The stairs are too much with the pram.",
    ),
    Need.FOOD: ("Some days I say that I have eaten already.", "We could do with help for the last week of the month."),
    Need.FEELINGS: (
        "{child} cries at bedtime and can't say why.",
        "{child} has gone very quiet since the summer.",
        "I feel low most of the time and I hide it.",
    ),
    Need.BEHAVIOUR: (
        "{child} kicks off over the smallest thing and is so sorry after.",
        "Getting {child} out of the door takes an hour.",
        "{child} will not sleep in a bed alone.",
    ),
    Need.SCHOOL: (
        "{child} will not go in on Mondays.",
        "{child} says that nobody plays with them.",
        "Reading does not stick, and {child} thinks that it is their fault.",
    ),
    Need.BABY: ("The baby wakes every hour and so do I.", "It is my first and my own mum is far away."),
    Need.RELATIONSHIPS: ("We shout more than we talk.", "{child} lives in two homes, and things fall in between."),
    Need.ALCOHOL_DRUGS: ("One of us drinks more than is good.", "I have stopped using and want it to stay so."),
    Need.HEALTH: ("There are so many appointments that I lose count.", "I have been unwell and {child} does too much."),
    Need.DISABILITY: (
        "{child} is waiting to be seen about autism.",
        "We need somebody who signs.",
        "{child} uses a chair, and the club has steps.",
    ),
    Need.CARING: ("{child} looks after all of us, and is still at school.", "I bring up my grandchildren and am not getting younger."),
    Need.COMPANY: ("We don't know anybody here yet.", "There is no bus after six, so we stay in."),
    Need.WORK: ("I would work if the hours fitted school.", "I have a place at college and nobody for the little one."),
}
"""Plain sentences by what help is wanted with; none of them has words that may mean danger."""

OWN_SENTENCES: dict[Need, tuple[str, ...]] = {
    Need.FEELINGS: ("I feel flat and I can't tell them at home.", "My head is too loud at night."),
    Need.SCHOOL: ("I don't go in on Mondays and now it is Tuesdays too.", "Nobody sits with me."),
    Need.CARING: ("I look after my mum and nobody at school knows.", "I take my brother to school and get a row for being late."),
    Need.RELATIONSHIPS: ("Everybody shouts at ours.", "I live in two houses and my stuff is always in the other one."),
    Need.COMPANY: ("There is nothing to do here and no bus.", "I'd like to meet people who draw."),
    Need.HEALTH: ("I have been to so many appointments.", "My asthma keeps me off and then I am behind."),
}
"""The same, as a young person says it."""

DANGER = (
    "He hits me when he has been drinking.",
    "I am scared for my life when he comes home.",
    "{child} said: I want to hurt myself.",
    "We are not safe in our house tonight.",
)
"""Sentences that do."""

WISHES = (
    "Somebody who comes to us.",
    "A group where {child} can just be.",
    "To know what we have a right to.",
    "One person who stays the same.",
    "A quiet hour in the week.",
    "Somebody who has been there too.",
)
NOT_WANTED = ("Nobody in uniform, please.", "Not a group.", "Nobody coming to the house just now.", "Please don't ring at work.")
SAFE_TIMES = ("School hours", "After six", "Weekday mornings", "Any time", "Not on Fridays")
TRUSTED = ("the teacher", "my sister", "the minister", "the woman at the library", "my old youth worker")
COVER_NAMES = ("The library", "A parcel", "The dentist")
MUST_NOT_KNOW = (
    "My ex-partner, {other}.",
    "{other}, the children's other parent, who has a cousin at work there.",
    "My mum.",
    "The landlord.",
)
CHILDS_VIEWS = (
    "{child} says: I like it when it is quiet.",
    "{child} drew a picture: all of us in a boat.",
    "{child} says: I want to stay at this school.",
    "{child} was not there today; I will ask.",
)
TRIED = (
    "A breakfast place, which helped.",
    "Weekly phone calls; they stopped in the holidays.",
    "A parents' evening group: too far by bus.",
)
STREETS = ("Shore Row", "Kirk Brae", "Mill Lane", "Harbour Street", "Glen Road", "School Wynd")
PLACES = (
    *("PA34 4AA", "PA34 4AG", "PA34 4AR", "PA34 5PX", "PA37 1AB", "PA33 1AA", "PA33 1AE", "PA33 1AN", "PA35 1AG", "PA65 6AY", "PA65 6BD"),
    *("Portlennan", "Portlennan", "Balnashee", "Sunnay", "PH33 6HQ", "Dunmarrow", ""),
)
"""Where the invented families live: postcodes and names of the demo's places; somewhere between them for those who give none."""

LANGUAGES = ("", "", "", "", "", "", "Gaelic", "Polish", "British Sign Language", "Arabic", "Ukrainian", "Scots")
SUPPORTS = ("", "", "", "Large print", "A quiet room", "No stairs", "Somebody with me")
MAY_BE_BLOCKED = ("harbour-families", "nhs-lennan", "social-work", "housing", "third-sector-interface")
"""Agencies (by slug) that some families do not want to see what they told."""
