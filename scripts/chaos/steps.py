"""What a fault is: steps that a driver takes one by one, and that put all right when closed."""

from collections.abc import Callable, Generator

from scripts.chaos.rig import Rig

# Each step gives the seconds until the next is wanted.
Steps = Generator[float, None, None]
Fault = Callable[[Rig], Steps]
