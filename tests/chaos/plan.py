"""What happens in a run, and when: drawn from the seed alone, before anything runs."""

import dataclasses
import errno

# Of the store, the clock, the configuration; `cancel` is drawn by the callers.
DISK = {
    "full": (errno.ENOSPC, 0),
    "broken": (errno.EIO, errno.EIO),
    "unsynced": (0, errno.EIO),  # what was written may be on the disk all the same
}
KINDS = [*DISK, "locked", "clock", "reload", "cancel"]
KINDS_IN_A_RUN = 3
# An hour but for a minute: the shortest life of a vendor's token is an hour, told from the wall clock by its adapter. A
# session that was opened a moment before a longer step would be taken for dead while its person is at work.
STEP_S = 3540
# Longer than the switch keeps a vendor's answer in hand for a store that refuses it.
RARELY, LONG_S = 0.03, 17.0


@dataclasses.dataclass
class Event:
    at_s: float
    kind: str
    value: int = 0  # of clock: the offset from now on; of reload: the seed of another configuration
    ends: bool = False


@dataclasses.dataclass
class Run:
    length_s: float
    events: list


class Plan:
    """The runs, in order. Kinds are dealt from a deck, so that a handful of runs meets every one."""

    def __init__(self, chance, kinds):
        self.chance = chance
        self.kinds = [kind for kind in kinds if kind != "cancel"]
        self.deck = []
        self.offset_s = 0

    def deal(self):
        if not self.deck:
            self.deck = list(self.kinds)
            self.chance.shuffle(self.deck)
        return self.deck.pop()

    def run(self):
        events = []
        for _ in range(KINDS_IN_A_RUN if self.kinds else 0):
            kind = self.deal()
            events += getattr(self, "disk" if kind in DISK else kind)(kind)
        events.sort(key=lambda event: event.at_s)
        # The kill comes in the middle of a fault or after it.
        last_s = max((event.at_s for event in events), default=1.3)
        return Run(self.chance.uniform(0.8, last_s + 0.7), events)

    def lasting(self, kind, longest_s):
        begin_s = self.chance.uniform(0, 1.0)
        is_long = self.chance.random() < RARELY
        end_s = begin_s + (LONG_S if is_long else self.chance.uniform(0.1, longest_s))
        return [Event(begin_s, kind), Event(end_s, kind, ends=True)]

    def disk(self, kind):
        return self.lasting(kind, 1.5)

    def locked(self, kind):
        return self.lasting(kind, 4.0)

    def clock(self, kind):
        events = []
        for _ in range(self.chance.randint(1, 2)):
            self.offset_s = 0 if self.offset_s else self.chance.choice([-STEP_S, STEP_S])
            events.append(Event(len(events) + self.chance.uniform(0, 1.0), kind, self.offset_s))
        return events

    def reload(self, kind):
        return [Event(self.chance.uniform(0, 1.2), kind, self.chance.randrange(1 << 30))
                for _ in range(self.chance.randint(2, 4))]
