"""The list of words that may mean danger: what it finds, what it leaves alone, and, said openly, what it misses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reachin.access.requests_for_assistance.danger import mentions_danger

DANGER = [
    "He will find us",
    "he'll find us",
    "I think he is going to find us",
    "He found out where we live",
    "he knows where we live",
    "My ex is looking for us",
    "he's coming to get us",
    "We fled from him and he must not find us",
    "dad hits mum",
    "my stepdad comes into my room at night",
    "I took some pills",
    "I want to disappear",
    "I can't go on",
    "We are not safe in the house tonight",
    # somebody's own life
    "I want to die",
    "i wanna die",
    "She says she wants to end it all.",
    "I don't want to be here any more",
    "He doesn't want to live",
    "I wish I was dead",
    "Skye said she wishes she had never been born",
    "they would all be better off without me",
    "I can't see any reason to live",
    "She has been feeling suicidal since March",
    "my son talks about suicide",
    "I keep thinking about killing myself",
    "he tried to hang himself",
    "She is self-harming again",
    "self harm, mostly her arms",
    "He cuts himself at night",
    "she was hurting herself with a ruler",
    "I took an overdose last week",
    "she took all of her tablets",
    "kms i mean it",
    # violence
    "He hits me",
    "he hits me and the kids",
    "My husband hit me last night",
    "dad was drunk and he punched my mum",
    "her stepdad beats her",
    "He’s been hitting the kids",
    "He put his hands round my neck",
    "my ex strangled me",
    "Mum's boyfriend threw her against the wall",
    "he said he will kill me",
    "He'll kill us if we leave",
    "if he finds me he'll take it out on them",
    "he threatened to burn the house down",
    "she threatened me with a knife",
    "he carries a knife",
    "he has a gun in the house",
    "There is domestic abuse at home.",
    "I am in an abusive relationship",
    "My ex is stalking me",
    "he hurts my wee brother",
    "my dad kicked my brother and locked him in",
    "I am scared I might hurt my baby",
    "I shook the baby",
    "They are going to force me to marry him",
    "worried about FGM when they travel",
    "our neighbours say the child was beaten up by his uncle",
    "He grabbed me by the throat",
    "My boyfriend gets violent when he drinks",
    "I am going to kill him",
    "he pushed me down the stairs",
    "dad throws things at us",
    "beaten by her father",
    "My ex broke in last night and he smashed the house up",
    "He's going to take the kids out of the country",
    # sexual harm
    "the girl said her grandfather touches her",
    "someone touched my daughter",
    "my uncle touches me",
    "He touched me down there",
    "she was raped",
    "a man online keeps asking her for nudes",
    "I think she is being groomed",
    "sexual abuse by a relative",
    "he makes me do things I don't want to",
    # not being safe
    "I don't feel safe",
    "We are not safe here",
    "it isn't safe at home",
    "I feel unsafe with him",
    "I’m scared of my dad",
    "she is terrified of him",
    "I am frightened for my life",
    "He is too scared to go home",
    "he won't let me leave the house",
    "he locks us in",
    "we are in danger",
    "the children are left on their own overnight",
    "A pupil disclosed physical abuse today",
    "at risk of significant harm",
    "She has been missing since Friday",
    # a body in danger
    "the baby is not breathing properly",
    "he is unconscious",
    "I am pregnant and bleeding heavily",
    "she swallowed bleach",
    # Scots
    "he batters me",
    "ma da skelps the weans",
    "he gied me a doin",
    "I'm feart o him",
    "feart tae go hame",
    "I dinnae want tae be here any mair",
    "he's gonnae kill me",
    "I'm gonnae kill masel",
    "she disnae feel safe",
    "it's no safe here",
    "he lifts his hauns tae ma maw",
    # Gaelic
    "Chan eil mi sàbhailte",
    "chan eil a' chlann sàbhailte aig an taigh",
    "Tha e gam bhualadh",
    "tha an duine agam ga bualadh",
    "Tha sinn ann an cunnart",
    "Tha mi ag iarraidh bàsachadh",
    "tha i airson i fhèin a mharbhadh",
    "Tha an t-eagal orm ron duine agam",
    "Marbhaidh e mi",
    "fèin-chron",
]
LOOK_ALIKES = [
    "the council will find us a place",
    "I hope somebody will find us a bigger house",
    "mum comes into my room to say good night",
    "the school knows where we are on the list",
    "I can't go on holiday",
    "we are looking for a club",
    "I'm dying to meet people",
    "I would love to kill time with somebody",
    "My feet are killing me",
    "the stairs kill me, I'm expecting twins",
    "foot care for my gran",
    "I would kill for a good sleep",
    "It hits me hard that she is gone",
    "the cost of living hits us hard",
    "It beats me why he won't sleep",
    "He beats me at chess",
    "We hit a wall with the school",
    "my son hit the roof",
    "She hit her teens and everything changed",
    "he kicked the ball",
    "we were kicked out of our flat",
    "the landlord threatened us with eviction",
    "threatening letters about debt",
    "I cut my hours at work",
    "he cut himself shaving",
    "hair cuts for the boys",
    "he fell off the swing and hurt himself",
    "I hurt my back at work",
    "The stair is unsafe and the lights are out",
    "Is the park safe for a pram?",
    "a safe place to play",
    "We want to feel safe on the bus",
    "When is it safe to phone?",
    "He is scared of the dark",
    "she is scared of dogs and of school",
    "I'm scared to ask for help",
    "frightened of losing our home",
    "in danger of losing the flat",
    "nobody is in danger",
    "no one is in danger, we just want some company",
    "She is not suicidal",
    "no self harm, no thoughts of suicide",
    "He has never hit me",
    "he doesn't hit us",
    "they'll take my kids away if I ask",
    "I worry that social work will take the children",
    "he will take the bus",
    "They'll find a place for him at nursery",
    "a gun dog puppy",
    "he has a toy gun",
    "she can use a knife and fork",
    "He grooms dogs for a living",
    "rap music is his thing",
    "rapeseed allergy",
    "grapes and raspberries",
    "Touching story, thank you",
    "my friend touched base with the school",
    "He is missing school",
    "we miss him, my gran is dying",
    "my gran died in March",
    "the course on suicide prevention was good",
    "domestic abuse awareness training for staff",
    "a helpline for knitters",
    "he stabbed at his dinner",
    "stabbing pains in my knee",
    "the baby is teething and will not sleep",
    "a locked door at the school",
    "I locked my keys in the car",
    "the dog bit her toy",
    "the overdose of screen time",
    "He threw his toys",
    "we have been battered by bills",
    "he touched her heart",
    "mum threw me a party",
    "my mum shook me awake",
    "he got a weapon in Fortnite",
    "he is not at risk of harm",
    "no significant harm",
    "I am scared of my dad dying",
    "I used to self harm ten years ago",
    "her brother took his own life two years ago",
    "support after a suicide in the family",
    "he hits his head on the wall when he is upset",
    "not safe to leave a message",
    "he pushed her on the swing",
    "tha mi sgìth agus chan eil mi a' cadal",
    "Tha an leanabh slàn sàbhailte",
    "Tha sinn ag iarraidh cuideachadh",
    "wee yin willnae sleep",
    "Ma wean is feart o the dark",
]
MISSED = [
    # Hinted at, not said; or said in a way that means many other things. People who read the words find these; a list does not.
    "It is bad again when he has been drinking",
    "I wear long sleeves all summer",
    "she flinches when he comes in",
    "I have given all my things away and said goodbye",
    "we keep a bag packed by the door",
    "there are always men coming and going and she has new phones",
    "s u i c i d e",
    "he h1ts me",
]


@pytest.mark.parametrize("words", DANGER)
def test_words_that_mean_danger_are_found(words: str) -> None:
    assert mentions_danger(words)


@pytest.mark.parametrize("words", LOOK_ALIKES)
def test_words_that_only_look_like_danger_are_left_alone(words: str) -> None:
    assert not mentions_danger(words)


@pytest.mark.parametrize("words", MISSED)
def test_what_the_list_misses_is_said_openly(words: str) -> None:
    assert not mentions_danger(words), "found now: move it to DANGER"


@pytest.mark.parametrize(
    "words",
    ["HE HITS ME", "he  hits\n me", "he hits me!!!", "“He hits me,” she said", "…he hits me…", "ｈｅ ｈｉｔｓ ｍｅ", "he h\u200bits me"],
)
def test_case_spacing_marks_and_hidden_characters_do_not_matter(words: str) -> None:
    assert mentions_danger(words)


@pytest.mark.parametrize("quote", ["'", "’", "‘", "`", "ʼ", ""])
def test_every_apostrophe_and_none_is_read(quote: str) -> None:
    assert mentions_danger(f"I don{quote}t feel safe")


def test_danger_is_found_in_any_of_several_texts_and_at_any_place() -> None:
    assert mentions_danger("", "We like football. " * 400 + "He hits me. " + "We like football. " * 400)
    assert mentions_danger("", "all well", "I want to die")
    assert not mentions_danger("", "all well")
    assert not mentions_danger()


def test_words_are_not_read_across_sentences() -> None:
    assert not mentions_danger("I saw him. Hit me up on this number.")
    assert not mentions_danger("We are not. Safe here is what matters.")


@pytest.mark.parametrize(
    "text",
    [
        "he " * 34_000,
        "he never " * 11_000,
        "a" * 100_000,
        "scared of " * 10_000,
        "want to " * 12_500,
        "my wee " * 14_000,
        "he is going to " * 7_000,
        "threatened to threatened " * 4_000,
        "chan eil " * 11_000,
        "asking " * 14_000,
        " " * 100_000,
        "." * 100_000,
        "'" * 100_000,
        "é" * 100_000,
        "\u0301" * 100_000,
        "🙂" * 100_000,
        "he\u200b" * 33_000,
        "not safe " * 11_000 + "x",
    ],
    ids=lambda text: repr(text[:12]),
)
def test_a_hundred_thousand_characters_are_read_to_their_end(text: str) -> None:
    assert mentions_danger(text) in (True, False)


@given(st.text(max_size=300))
def test_whatever_is_typed_is_read_without_an_error(text: str) -> None:
    assert mentions_danger(text) in (True, False)


@pytest.mark.parametrize("text", ["\x00", "\ud800", "\ud800 he hits me", "\u202ehe hits me"])
def test_broken_characters_break_nothing(text: str) -> None:
    mentions_danger(text)
