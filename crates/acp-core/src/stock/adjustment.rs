//! Units taken out of a number and given back to it, each at most once.
//!
//! A merchant whose stock is only a number knows no promises, and may not tell a repetition from a
//! new wish. So it is written down before a call what it is about, and after it what came of it.
//! Whoever finds a call without an outcome asks again where that is safe; elsewhere the units are
//! in doubt: they count as gone, and are neither taken again nor given back. So nothing is ever
//! sold twice, and what may be missing is known.

/// Units of an item, taken for a reservation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Adjustment {
    /// How many.
    pub units: u32,
    /// Where they are.
    pub standing: Taking,
}

/// Where units stand that somebody wants to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Taking {
    /// They are being asked for.
    Asked,
    /// They were not to be had, or nobody could be asked.
    Refused,
    /// They are taken.
    Taken,
    /// They are taken, and whoever took them has paid.
    Sold,
    /// They are being given back.
    Returning,
    /// They are where they were, and cannot be taken for this reservation any more.
    Returned,
    /// It was never heard what became of them.
    Doubtful,
}

/// Whether the merchant knows a repetition when it sees one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repetition {
    /// The same call with the same key changes nothing again.
    IsSafe,
    /// Every call counts.
    Counts,
}

/// What is to be done next for somebody's wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The units are taken.
    Had,
    /// They are not, and cannot be had for this reservation any more.
    Over,
    /// This is to be written down, and then it is decided anew.
    Write(Taking),
    /// The merchant is to be asked for the units: it is written down that it will be.
    Take,
    /// The merchant is to be given the units back: it is written down as well.
    GiveBack,
}

/// What came of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It was done.
    Done,
    /// It was refused, or never sent: nothing has changed.
    Nothing,
    /// Nobody knows.
    Silence,
}

impl Taking {
    /// The next step of whoever wants the units. `is_ours` says that what stands here was written
    /// by the one who asks, just now.
    pub const fn toward_having(found: Option<Self>, is_ours: bool, repetition: Repetition) -> Next {
        match (found, repetition) {
            (None | Some(Self::Refused), _) => Next::Write(Self::Asked),
            (Some(Self::Asked), Repetition::IsSafe) => Next::Take,
            (Some(Self::Asked), Repetition::Counts) if is_ours => Next::Take,
            (Some(Self::Asked), Repetition::Counts) => Next::Write(Self::Doubtful),
            (Some(Self::Taken | Self::Sold), _) => Next::Had,
            (Some(Self::Returning | Self::Returned | Self::Doubtful), _) => Next::Over,
        }
    }

    /// The next step of whoever has paid for them. Of units nobody wrote about here it is not
    /// known that they are not taken.
    pub const fn toward_sale(found: Option<Self>) -> Next {
        match found {
            Some(Self::Taken) => Next::Write(Self::Sold),
            None | Some(Self::Sold) => Next::Had,
            Some(
                Self::Asked | Self::Refused | Self::Returning | Self::Returned | Self::Doubtful,
            ) => Next::Over,
        }
    }

    /// The next step of whoever wants the units back where they were because their sale was taken
    /// back.
    pub const fn toward_restock(
        found: Option<Self>,
        is_ours: bool,
        repetition: Repetition,
    ) -> Next {
        if let Some(Self::Sold) = found {
            Next::Write(Self::Returning)
        } else {
            Self::toward_release(found, is_ours, repetition)
        }
    }

    /// The next step of whoever gives the units back. Those that were sold stay sold.
    pub const fn toward_release(
        found: Option<Self>,
        is_ours: bool,
        repetition: Repetition,
    ) -> Next {
        match (found, repetition) {
            // Nobody can take them afterwards.
            (None | Some(Self::Refused), _) => Next::Write(Self::Returned),
            // It is found out whether they were taken by taking them for certain.
            (Some(Self::Asked), Repetition::IsSafe) => Next::Take,
            (Some(Self::Returning), Repetition::IsSafe) => Next::GiveBack,
            (Some(Self::Returning), Repetition::Counts) if is_ours => Next::GiveBack,
            (Some(Self::Asked | Self::Returning), Repetition::Counts) => {
                Next::Write(Self::Doubtful)
            }
            (Some(Self::Taken), _) => Next::Write(Self::Returning),
            (Some(Self::Sold | Self::Returned | Self::Doubtful), _) => Next::Over,
        }
    }

    /// The next step of whoever gives units back that somebody found to be taken though nobody here
    /// knew. On no step of the way are they had: whoever asks for them meanwhile does not get them.
    pub const fn toward_settling(found: Option<Self>, is_ours: bool) -> Next {
        match found {
            Some(Self::Doubtful) if !is_ours => Next::Write(Self::Returning),
            Some(Self::Returning) if is_ours => Next::GiveBack,
            Some(
                Self::Asked
                | Self::Refused
                | Self::Taken
                | Self::Sold
                | Self::Returning
                | Self::Returned
                | Self::Doubtful,
            )
            | None => Next::Over,
        }
    }

    /// Where they stand after they were asked for.
    pub const fn after_asking(heard: Heard) -> Self {
        match heard {
            Heard::Done => Self::Taken,
            Heard::Nothing => Self::Refused,
            Heard::Silence => Self::Doubtful,
        }
    }

    /// Where they stand after they were given back.
    pub const fn after_returning(heard: Heard) -> Self {
        match heard {
            Heard::Done => Self::Returned,
            Heard::Nothing => Self::Taken,
            Heard::Silence => Self::Doubtful,
        }
    }

    /// Where units stand that were in doubt, after they were given back: what was not done leaves
    /// them where they were.
    pub const fn after_settling(heard: Heard) -> Self {
        match heard {
            Heard::Done => Self::Returned,
            Heard::Nothing | Heard::Silence => Self::Doubtful,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A merchant that counts, and the one record both workers share.
    #[derive(Debug, Default)]
    struct World {
        record: Option<Taking>,
        taken: i32,
        was_taken: bool,
        was_returned: bool,
    }

    /// What becomes of a call.
    #[derive(Clone, Copy, Debug)]
    enum Fate {
        Goes,
        IsRefused,
        IsLostBefore,
        IsLostAfter,
        /// The worker dies before it writes down what it heard.
        Dies,
    }

    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum Wish {
        Have,
        Sell,
        Release,
        Restock,
        /// Somebody looked, and where they were taken they are to be given back.
        Settle,
    }

    impl World {
        fn call(&mut self, units: i32, fate: Fate, repetition: Repetition) -> Option<Heard> {
            let was_done = if units > 0 { self.was_taken } else { self.was_returned };
            let has_effect = matches!(fate, Fate::Goes | Fate::IsLostAfter | Fate::Dies);
            if has_effect && !(was_done && repetition == Repetition::IsSafe) {
                self.taken += units;
            }
            if has_effect {
                if units > 0 { self.was_taken = true } else { self.was_returned = true }
            }
            match fate {
                Fate::Goes => Some(Heard::Done),
                // A merchant that knows the key gives the answer it gave.
                Fate::IsRefused if was_done && repetition == Repetition::IsSafe => {
                    Some(Heard::Done)
                }
                Fate::IsRefused => Some(Heard::Nothing),
                Fate::IsLostBefore | Fate::IsLostAfter => Some(Heard::Silence),
                Fate::Dies => None,
            }
        }

        /// One worker at work until it is done or dies.
        fn work(&mut self, wish: Wish, fates: &mut impl Iterator<Item = Fate>, how: Repetition) {
            let mut is_ours = false;
            loop {
                let next = match wish {
                    Wish::Have => Taking::toward_having(self.record, is_ours, how),
                    Wish::Sell => Taking::toward_sale(self.record),
                    Wish::Release => Taking::toward_release(self.record, is_ours, how),
                    Wish::Restock => Taking::toward_restock(self.record, is_ours, how),
                    Wish::Settle => Taking::toward_settling(self.record, is_ours),
                };
                let (units, after): (_, fn(Heard) -> Taking) = match next {
                    Next::Had | Next::Over => return,
                    Next::Write(standing) => {
                        self.record = Some(standing);
                        is_ours = true;
                        continue;
                    }
                    Next::Take => (1, Taking::after_asking),
                    Next::GiveBack if wish == Wish::Settle => (-1, Taking::after_settling),
                    Next::GiveBack => (-1, Taking::after_returning),
                };
                let Some(fate) = fates.next() else { return };
                let Some(heard) = self.call(units, fate, how) else { return };
                // Where it can be asked again, nothing is given up.
                if heard == Heard::Silence && how == Repetition::IsSafe {
                    return;
                }
                self.record = Some(after(heard));
                if heard == Heard::Nothing {
                    return;
                }
            }
        }
    }

    fn fates() -> impl Strategy<Value = Vec<Fate>> {
        let any = prop::sample::select(vec![
            Fate::Goes,
            Fate::IsRefused,
            Fate::IsLostBefore,
            Fate::IsLostAfter,
            Fate::Dies,
        ]);
        prop::collection::vec(any, 0..12)
    }

    fn wishes() -> impl Strategy<Value = Vec<Wish>> {
        let any = prop::sample::select(vec![
            Wish::Have,
            Wish::Have,
            Wish::Sell,
            Wish::Release,
            Wish::Restock,
            Wish::Settle,
        ]);
        prop::collection::vec(any, 1..8)
    }

    proptest! {
        #[test]
        fn units_are_never_taken_twice_nor_given_back_unless_they_were_taken(
            wishes in wishes(),
            fates in fates(),
            is_safe in any::<bool>(),
        ) {
            let how = if is_safe { Repetition::IsSafe } else { Repetition::Counts };
            let (mut world, mut fates) = (World::default(), fates.into_iter());
            for wish in wishes {
                let was_sold = world.record == Some(Taking::Sold);
                // Who found that they were not taken has nothing to give back.
                if wish == Wish::Settle && world.taken == 0 {
                    continue;
                }
                world.work(wish, &mut fates, how);
                prop_assert!((0..=1).contains(&world.taken), "{world:?}");
                if was_sold && wish != Wish::Restock {
                    prop_assert_eq!(world.record, Some(Taking::Sold), "{:?}", wish);
                }
                match world.record {
                    Some(Taking::Taken | Taking::Sold) => prop_assert_eq!(world.taken, 1),
                    Some(Taking::Refused | Taking::Returned) | None => {
                        prop_assert_eq!(world.taken, 0);
                    }
                    Some(Taking::Asked | Taking::Returning | Taking::Doubtful) => {}
                }
            }
        }

        #[test]
        fn nobody_has_units_that_are_being_given_back_after_a_doubt(
            fates in fates(),
            is_safe in any::<bool>(),
        ) {
            let how = if is_safe { Repetition::IsSafe } else { Repetition::Counts };
            let (mut found, mut is_ours, mut fates) = (Some(Taking::Doubtful), false, fates.into_iter());
            loop {
                let had = [true, false].map(|is_ours| Taking::toward_having(found, is_ours, how));
                prop_assert_eq!(had, [Next::Over; 2], "{:?}", found);
                found = match Taking::toward_settling(found, is_ours) {
                    Next::Write(standing) => Some(standing),
                    Next::GiveBack => Some(Taking::after_settling(match fates.next() {
                        Some(Fate::Goes) => Heard::Done,
                        Some(Fate::IsRefused) => Heard::Nothing,
                        Some(Fate::IsLostBefore | Fate::IsLostAfter) => Heard::Silence,
                        Some(Fate::Dies) | None => break,
                    })),
                    Next::Had | Next::Over | Next::Take => break,
                };
                is_ours = true;
            }
        }

        #[test]
        fn where_repetitions_are_safe_nothing_stays_in_doubt(fates in fates()) {
            let (mut world, mut fates) = (World::default(), fates.into_iter());
            world.work(Wish::Have, &mut fates, Repetition::IsSafe);
            let mut all_goes = std::iter::repeat(Fate::Goes);
            world.work(Wish::Release, &mut all_goes, Repetition::IsSafe);
            prop_assert_eq!((world.record, world.taken), (Some(Taking::Returned), 0));
        }
    }
}
