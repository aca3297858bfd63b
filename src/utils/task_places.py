"""In which queue each background task waits, and what goes first there."""

# The highest first: the clock's tasks, what somebody waits for, what stands before nobody.
CLOCK, AWAITED, ORDINARY, BULK = 20, 10, 0, -10
TASKS, MAILS = "default", "mail"
# Tasks of each queue at once, each queue by itself: a mail server that is slow or silent holds up
# mails alone. Two of the clock's may be long; who waits for a code does not wait for them.
CONCURRENCY = {TASKS: 3, MAILS: 2}
# Here, since those who enqueue do not load src/tasks; what is not named is (TASKS, ORDINARY).
PLACES = {
    "account.send_reset": (TASKS, AWAITED), "feeds.build": (TASKS, CLOCK),
    "mail.send": (MAILS, ORDINARY), "alerts.send": (MAILS, BULK),
}  # fmt: skip


def place_of(task: str) -> tuple[str, int]:
    """The queue that the task waits in, and its priority there."""
    return PLACES.get(task, (TASKS, ORDINARY))
