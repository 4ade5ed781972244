//! What the made-up company did about what its members said.

use chrono::Days;
use valuemap_shared::follow_ups::FollowUp;

use crate::sample::world::World;

/// What was heard, what was done, and how many days ago.
const TOLD: [(&str, &str, u64); 3] = [
    (
        "Since firmware 4.2 a cone 6 schedule overshoots by 12 degrees.",
        "Firmware 4.3 corrects it. Marit's measurements from the forum are part of our tests from now on.",
        12,
    ),
    (
        "I never hear back when I report something missing.",
        "A product council of nine members now meets us every quarter, and every idea with 50 votes gets an answer.",
        47,
    ),
    (
        "How do you log firings for twelve students at once?",
        "Class logs: one schedule, a shelf for each student, and a page that each can take home.",
        83,
    ),
];

pub fn made_up(world: &World) -> anyhow::Result<Vec<FollowUp>> {
    let follow_up = |(heard, done, days): (&str, &str, u64)| {
        let on = world.today.checked_sub_days(Days::new(days)).unwrap_or(world.today);
        FollowUp::parse(heard, done, on, world.today)
            .map_err(|problems| anyhow::anyhow!("a follow-up of the sample: {problems:?}"))
    };
    TOLD.into_iter().map(follow_up).collect()
}
