"""The sealer: links what was committed since its last round; once a night it looks through everything, whatever its notes say."""

from procrastinate.contrib.django import app

from reachin.groundwork.audited_access.chain import link_committed


@app.periodic(cron="* * * * *")
@app.task(name="audit.link", queueing_lock="audit.link")
def link_round(timestamp: int) -> None:
    """Links the minute's rows. `timestamp` is the minute that ordered the round."""
    link_committed()


@app.periodic(cron="20 3 * * *")
@app.task(name="audit.link_everything", queueing_lock="audit.link_everything")
def look_through_everything(timestamp: int) -> None:
    """Finds rows that a restored or copied database would hide from the minute's round."""
    link_committed(from_the_beginning=True)
