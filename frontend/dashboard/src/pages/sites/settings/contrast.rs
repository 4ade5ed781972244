//! Whether a partner's colours can be read on each other, as WCAG 2.2 counts contrast.

use std::fmt;
use std::str::FromStr;

use super::{Setting, Settings};

/// What text needs (WCAG 2.2, success criterion 1.4.3).
pub const ENOUGH: f64 = 4.5;

/// A colour as `<input type="color">` writes it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Colour([u8; 3]);

impl FromStr for Colour {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6).ok_or(())?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(());
        }
        let channel = |index: usize| u8::from_str_radix(&digits[index..index + 2], 16).map_err(|_| ());
        Ok(Self([channel(0)?, channel(2)?, channel(4)?]))
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl Colour {
    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// 1 for the same colour, 21 for black and white.
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scheme {
    Light,
    Dark,
}

impl Scheme {
    pub const BOTH: [Self; 2] = [Self::Light, Self::Dark];

    pub fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// The widget's own colour, where a partner sets none. They are in `frontend/widget/widget.css`, too.
pub fn own_colour(setting: Setting, scheme: Scheme) -> Option<Colour> {
    let text = match (setting, scheme) {
        (Setting::Text, Scheme::Light) => "#191a24",
        (Setting::Text, Scheme::Dark) => "#f2f2f7",
        (Setting::Surface, Scheme::Light) => "#ffffff",
        (Setting::Surface, Scheme::Dark) => "#1b1c23",
        (Setting::Accent, Scheme::Light) => "#3d3db8",
        (Setting::Accent, Scheme::Dark) => "#adb5ff",
        _ => return None,
    };
    text.parse().ok()
}

/// A colour that is hard to read on the survey's surface.
#[derive(Clone, Debug, PartialEq)]
pub struct Faint {
    pub setting: Setting,
    pub contrast: f64,
    /// Where it is so; `None` when it is so in light and in dark.
    pub scheme: Option<Scheme>,
}

/// What cannot be read well enough. A colour that was not set is the widget's own, another in light than in dark.
pub fn faint(settings: &Settings) -> Vec<Faint> {
    let colour = |setting: Setting, scheme: Scheme| {
        settings.get(setting).and_then(|text| text.parse().ok()).or_else(|| own_colour(setting, scheme))
    };
    let contrast = |setting, scheme| {
        let (colour, surface): (Colour, Colour) = (colour(setting, scheme)?, colour(Setting::Surface, scheme)?);
        Some(colour.contrast(surface)).filter(|contrast| *contrast < ENOUGH)
    };
    [Setting::Text, Setting::Accent]
        .into_iter()
        .flat_map(|setting| {
            let [light, dark] = Scheme::BOTH.map(|scheme| contrast(setting, scheme));
            let found = |contrast: f64, scheme| Faint { setting, contrast, scheme };
            match (light, dark) {
                (Some(light), Some(dark)) if light == dark => vec![found(light, None)],
                (light, dark) => {
                    let light = light.map(|contrast| found(contrast, Some(Scheme::Light)));
                    light.into_iter().chain(dark.map(|contrast| found(contrast, Some(Scheme::Dark)))).collect()
                }
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colour(text: &str) -> Colour {
        text.parse().unwrap()
    }

    /// The figures are those of the npm package wcag-contrast 3.0.0.
    #[test]
    fn contrast_is_that_of_wcag() {
        for (one, other, expected) in [
            ("#000000", "#ffffff", 21.0),
            ("#777777", "#ffffff", 4.478),
            ("#767676", "#ffffff", 4.542),
            ("#ff0000", "#0000ff", 2.149),
            ("#0b6e4f", "#fffaf2", 6.019),
        ] {
            let contrast = colour(one).contrast(colour(other));
            assert!((contrast - expected).abs() < 0.001, "{one} on {other}: {contrast}");
            assert_eq!(contrast, colour(other).contrast(colour(one)));
        }
    }

    #[test]
    fn only_six_digits_are_a_colour() {
        for text in ["", "#fff", "0b6e4f", "#0b6e4g", "#0b6e4f00", "#+b6e4f", "#é6e4f"] {
            assert_eq!(text.parse::<Colour>(), Err(()), "{text}");
        }
        assert_eq!(colour("#0B6E4F").to_string(), "#0b6e4f");
    }

    fn check(pairs: &[(Setting, &str)], expected: &[(Setting, Option<Scheme>)]) {
        let settings = pairs.iter().fold(Settings::default(), |settings, (key, text)| settings.with(*key, text));
        let found: Vec<_> = faint(&settings).into_iter().map(|faint| (faint.setting, faint.scheme)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn the_colours_of_the_widget_are_well_read() {
        check(&[], &[]);
    }

    #[test]
    fn a_colour_is_held_against_both_schemes() {
        check(&[(Setting::Text, "#222222")], &[(Setting::Text, Some(Scheme::Dark))]);
        check(&[(Setting::Accent, "#ffe9a8")], &[(Setting::Accent, Some(Scheme::Light))]);
    }

    #[test]
    fn a_surface_makes_it_the_same_everywhere() {
        let text = [(Setting::Text, "#777777"), (Setting::Surface, "#ffffff"), (Setting::Accent, "#000000")];
        check(&text, &[(Setting::Text, None)]);
    }
}
