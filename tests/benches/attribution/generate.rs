//! Journeys that are the same on every machine.

use std::fmt::Write;

use valuemap_shared::attribution::{Conversion, Touch};

const DAY: u64 = 86_400;

pub struct Journey {
    pub touches: Vec<Touch>,
    pub conversion: Option<Conversion>,
}

/// So many journeys of one to seven touches, four on average, of which about a tenth convert. Sources are unlike: the
/// first ones are met more often, and every other one convinces more often.
pub fn journeys(count: usize, sources: u32, seed: u64) -> Vec<Journey> {
    let mut generator = SplitMix(seed);
    (0..count).map(|_| journey(&mut generator, sources)).collect()
}

fn journey(generator: &mut SplitMix, sources: u32) -> Journey {
    let mut at = (generator.below(365) * DAY) as i64;
    let mut touch = |generator: &mut SplitMix| {
        let source = generator.below(sources.into()).min(generator.below(sources.into())) as u32;
        // Never in the same second, whose order the paths in a CSV file would decide otherwise than we do.
        at += 1 + generator.below(10 * DAY) as i64;
        Touch::new(source, at)
    };
    let touches: Vec<Touch> = (0..=generator.below(7)).map(|_| touch(generator)).collect();
    let convincing: u64 = touches.iter().map(|touch| 1 + u64::from(touch.source % 2)).sum();
    let conversion = (generator.below(60) < convincing).then(|| {
        let value = generator.below(1_000_000_000) as i64;
        let first = touches[0].at;
        let stages = [(); 2].map(|()| Some(first + generator.below((at - first) as u64 + 1) as i64));
        Conversion {
            lead_at: stages[0].min(stages[1]),
            opportunity_at: stages[0].max(stages[1]),
            ..Conversion::new(at + 1, value)
        }
    });
    Journey { touches, conversion }
}

/// The paths as ChannelAttribution reads them, a row for each journey.
pub fn csv(journeys: &[Journey]) -> Result<String, std::fmt::Error> {
    let mut csv = "path,conversions,value,nulls\n".to_owned();
    for journey in journeys {
        let sources: Vec<String> = journey.touches.iter().map(|touch| touch.source.to_string()).collect();
        let (converted, value) = journey.conversion.map_or((0, 0), |conversion| (1, conversion.value));
        writeln!(csv, "{},{converted},{value},{}", sources.join(" > "), 1 - converted)?;
    }
    Ok(csv)
}

/// SplitMix64 (Steele, Lea, Flood 2014).
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// The remainder favours small numbers by less than a benchmark could see.
    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }
}
