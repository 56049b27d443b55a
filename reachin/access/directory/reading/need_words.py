"""Which needs a source's words stand for: one table, used for the terms of any taxonomy and, failing those, for a service's own text."""

from reachin.access.directory.enums import Need


def _list(words: str) -> tuple[str, ...]:
    return tuple(words.split("; "))


WORDS: dict[Need, tuple[str, ...]] = {
    Need.MONEY: _list(
        "money; financ; debt; budget; benefit; credit; tax.; tax prep; income; welfare right; fuel povert; utilit; "
        "grant; cash; saving; help pay; bill; clothing; school clothes; furniture; home goods; baby clothes; bus pass; "
        "household good; energy; insurance; poverty; hardship; free school meal; bank account"
    ),
    Need.HOUSING: _list(
        "housing; homeless; tenan; rent.; renter; evict; shelter; foreclosure; homebuyer; accommodation; landlord; "
        "mortgage; maintenance & repair; assisted living; independent living; sober living; group home"
    ),
    Need.FOOD: _list("food; meal; nutrition; larder; pantry; breakfast club; lunch; cook"),
    Need.FEELINGS: _list(
        "mental; counsel; feeling; anxi; depress; emotion; wellbeing; bereave; grief; suicid; self-harm; self harm; "
        "psych; therap; trauma; ptsd; listening ear; stress; camhs; loss and"
    ),
    Need.BEHAVIOUR: _list("behavio; conduct; anger; parenting; positive parent; triple p; discipline; youth justice; offending"),
    Need.SCHOOL: _list(
        "school; educat; nursery; nurseries; tutor; student; after school; afterschool; childcare; child care; "
        "preschool; day camp; homework; literacy; learning centre; exclusion; dropout; ged/high; early learning; "
        "holiday club; out of school"
    ),
    Need.BABY: _list(
        "baby; babies; pregnan; matern; postnatal; antenatal; breastfe; infant; newborn; midwi; health visit; diaper; "
        "pumping; toddler; birth control; family planning; fertility"
    ),
    Need.RELATIONSHIPS: _list(
        "relationship; mediat; family support; couple; contact centre; separat; divorce; adoption; foster; family "
        "therap; father; dads; mentor"
    ),
    Need.SAFETY_AT_HOME: _list(
        "domestic; violence; abuse; escape violence; safe housing; immediate safety; rape; sexual assault; traffick; "
        "refuge.; women's aid; womens aid; child protection; stalking; physical safety"
    ),
    Need.ALCOHOL_DRUGS: _list(
        "alcohol; drug; substance; addict; recovery; opioid; methadone; 12-step; sober; withdrawal manag; detox; "
        "naltrexone; relapse; medication-assisted; smoking; nicotine; drinking; gambling"
    ),
    Need.HEALTH: _list(
        "health; medical; dental; dentist; vision; hospital; hospice; clinic; nurs; disease; vaccin; cancer; diabet; "
        "hiv; primary care; prescription; pain manag; physical therapy; exercise; checkup; doctor; gp.; physio; sex "
        "education; sexual; hearing test; end-of-life"
    ),
    Need.DISABILITY: _list(
        "disab; autis; neurodiv; adhd; additional support need; special education; sensory; wheelchair; impairment; "
        "learning difficult; assistive; speech and language; deaf; blind; developmental; down syndrome; down's "
        "syndrome; cerebral palsy; special needs; prosthe; durable medical"
    ),
    Need.CARING: _list("carer; caregiv; caring for; respite; kinship; looking after; adult daycare; relief for"),
    Need.COMPANY: _list(
        "befriend; social group; youth club; youth group; loneli; isolation; community group; recreation; peer support; "
        "playgroup; support group; support network; coffee morning; drop-in; overnight camp; community "
        "garden; meeting people"
    ),
    Need.WORK: _list("employ; job; work.; career; training; apprentice; resume; interview; skills assess; help find work; retire"),
    Need.IMMIGRATION: _list("immigra; asylum; refugee; citizenship; migrant; visa; undocumented; no recourse"),
    Need.FAMILY_MEETING: _list("family group decision; family group conferenc; family meeting; family conferenc"),
}
"""A need and the beginnings of words that mean it, in lower case; a full stop marks the end of a word."""

EXACT: dict[str, tuple[Need, ...]] = {
    "work": (Need.WORK,),
    "sexual assault survivors": (Need.SAFETY_AT_HOME,),
    "birth control": (Need.HEALTH,),
    "alzheimers": (Need.HEALTH,),
    "terminal illness": (Need.HEALTH,),
    "burial & funeral help": (Need.MONEY,),
    "computer class": (Need.WORK,),
    "toys & gifts": (Need.MONEY,),
    "home fuels": (Need.MONEY,),
    "personal care items": (Need.MONEY,),
    "efficient appliances": (Need.MONEY,),
    "rent": (Need.HOUSING,),
    "tax": (Need.MONEY,),
    "goods": (Need.MONEY,),
    "transit": (Need.MONEY,),
    "emergency": (),
    "care": (),
    "legal": (),
    "counseling": (Need.FEELINGS,),
    "credit counseling": (Need.MONEY,),
    "foreclosure counseling": (Need.HOUSING, Need.MONEY),
    "adoption counseling": (Need.RELATIONSHIPS,),
    "health education": (Need.HEALTH,),
    "nutrition education": (Need.FOOD, Need.HEALTH),
    "parenting education": (Need.BEHAVIOUR, Need.RELATIONSHIPS),
    "financial education": (Need.MONEY,),
    "homebuyer education": (Need.HOUSING,),
    "physical therapy": (Need.HEALTH,),
    "specialized therapy": (Need.HEALTH,),
    "nursing home": (Need.HEALTH,),
    "help pay for food": (Need.FOOD, Need.MONEY),
    "help pay for housing": (Need.HOUSING, Need.MONEY),
    "help pay for school": (Need.SCHOOL, Need.MONEY),
    "help pay for childcare": (Need.SCHOOL, Need.MONEY),
    "help pay for healthcare": (Need.HEALTH, Need.MONEY),
    "help pay for work expenses": (Need.WORK, Need.MONEY),
    "clothes for work": (Need.WORK, Need.MONEY),
    "supplies for work": (Need.WORK, Need.MONEY),
    "transportation for school": (Need.SCHOOL,),
    "understand mental health": (Need.FEELINGS,),
    "disability benefits": (Need.DISABILITY, Need.MONEY),
    "drug testing": (Need.ALCOHOL_DRUGS,),
    "prescription assistance": (Need.HEALTH,),
    "maternity care": (Need.BABY, Need.HEALTH),
    "home visiting": (),
    "case management services provided": (),
    "representation": (),
    "medical legal": (Need.HEALTH,),
    "mentoring": (Need.COMPANY, Need.RELATIONSHIPS),
    "physical safety": (Need.SAFETY_AT_HOME,),
    "immediate safety": (Need.SAFETY_AT_HOME,),
    "english as a second language (esl)": (Need.SCHOOL,),
    "daily life skills": (),
}
"""Terms that the beginnings would misread, and what they stand for."""

NOT_NEEDS: frozenset[str] = frozenset(
    _list(
        "gender & sexuality; infants (0-1 years old); "
        "active duty; age group; all ages; armed forces; benefit recipients; cell-phone allowed; children allowed; co- "
        "occurring mental health treatment provided; criminal history; dependents; dropouts; education; employed; "
        "employment; ex-offenders; families with children; fathers; home renters; housing situation; immigrants; in "
        "jail; income; insurance accepted; insurance card required; languages; low-income; medicaid; medicare; men; "
        "mothers; national guard; no id required; no referral required; parents; pay stub required; pregnant women "
        "specialized care; private; proof of residence required; race/ethnicity; retired; single dad; single mom; "
        "smoking allowed; social security required; spouses; state id required; students; substance use treatment "
        "preferences; support groups services provided; tricare; unemployed; uninsured (pay out of pocket); veterans; "
        "women"
    )
)
"""Situations and formalities (papers to bring, whom it is for); a situation that tells of a need is left to the words above."""

TOLD_BY_SITUATION: frozenset[Need] = frozenset(
    {
        Need.HOUSING,
        Need.FEELINGS,
        Need.BABY,
        Need.SAFETY_AT_HOME,
        Need.ALCOHOL_DRUGS,
        Need.HEALTH,
        Need.DISABILITY,
        Need.CARING,
        Need.IMMIGRATION,
    }
)
"""Needs that a "whom it is for" term may stand for: a service for autistic people is about a disability."""

MASKING_WORDS: tuple[str, ...] = _list(
    "domestic; women's aid; womens aid; rape; sexual; hiv; substance; addict; alcohol; opioid; drug; methadone; "
    "immigra; asylum; refugee; undocumented; escape violence; traffick; abortion; pregnancy test; 12-step; sober."
)
"""A service with such a word in its name or terms is masked unless its source says otherwise."""
