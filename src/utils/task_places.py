"""In which queue each background task waits, and what goes first there."""

# The highest first: the clock's tasks, what somebody waits for, what stands before nobody.
CLOCK, AWAITED, ORDINARY, BULK = 20, 10, 0, -10
TASKS, MAILS = "default", "mail"
# Here, since those who enqueue do not load src/tasks; what is not named is (TASKS, ORDINARY).
PLACES = {
    "account.send_reset": (TASKS, AWAITED), "feeds.build": (TASKS, CLOCK),
    "mail.send": (MAILS, ORDINARY), "alerts.send": (MAILS, BULK),
}  # fmt: skip


def place_of(task: str) -> tuple[str, int]:
    """The queue that the task waits in, and its priority there."""
    return PLACES.get(task, (TASKS, ORDINARY))
