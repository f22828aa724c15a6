//! The colours of the themes. Numbers are of the 256 colours of xterm, of which those from 16 on are the same in every
//! terminal; names are the terminal's own colours.

use ratatui::style::{Color, Modifier, Style};

use super::Theme;
use super::signs::Signs;
use crate::config::ThemeName;

impl Theme {
    /// Gives the styles of a theme.
    #[must_use]
    pub fn named(name: ThemeName, signs: &'static Signs) -> Self {
        let mono = Self::mono(signs);
        let bold = |colour| Style::new().fg(colour).add_modifier(Modifier::BOLD);
        let own = |colour| Style::new().fg(colour);
        match name {
            ThemeName::Mono => mono,
            ThemeName::Dark => {
                Self { good: own(Color::Green), caution: bold(Color::Yellow), danger: bold(Color::Red), ..mono }
            }
            ThemeName::Light => Self {
                good: own(Color::Indexed(22)),
                caution: bold(Color::Indexed(94)),
                danger: bold(Color::Indexed(124)),
                ..mono
            },
            // On backgrounds of their own, so that the terminal's does not matter; nothing is dimmed.
            ThemeName::HighContrast => Self {
                dim: mono.plain,
                good: bold(Color::Indexed(16)).bg(Color::Indexed(120)),
                caution: bold(Color::Indexed(16)).bg(Color::Indexed(226)),
                danger: bold(Color::Indexed(231)).bg(Color::Indexed(88)),
                ..mono
            },
            // Blue and yellow after Okabe and Ito (2008), "Color Universal Design". The red has some blue in it, which keeps
            // it farther from the yellow than their vermillion, and still bright without the receptors for red.
            ThemeName::ColourBlind => Self {
                good: own(Color::Indexed(32)),
                caution: bold(Color::Indexed(16)).bg(Color::Indexed(226)),
                danger: bold(Color::Indexed(167)),
                ..mono
            },
        }
    }

    const fn mono(signs: &'static Signs) -> Self {
        let plain = Style::new();
        let strong = plain.add_modifier(Modifier::BOLD);
        Self {
            plain,
            dim: plain.add_modifier(Modifier::DIM),
            strong,
            selection: plain.add_modifier(Modifier::REVERSED),
            good: plain,
            caution: strong,
            danger: strong,
            signs,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::signs::UNICODE;
    use super::*;

    type Rgb = [f64; 3];

    /// Gives the colour of a number from 16 to 231: a cube of six steps (xterm's `256colres.h`).
    fn rgb(colour: Option<Color>) -> Option<Rgb> {
        let Some(Color::Indexed(number @ 16..=231)) = colour else { return None };
        let step = |n: u8| if n == 0 { 0.0 } else { f64::from(55 + 40 * n) / 255.0 };
        let cube = number - 16;
        Some([step(cube / 36), step(cube / 6 % 6), step(cube % 6)])
    }

    fn linear(colour: Rgb) -> Rgb {
        colour.map(|part| if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) })
    }

    fn dot(a: Rgb, b: Rgb) -> f64 {
        a.iter().zip(b).map(|(a, b)| a * b).sum()
    }

    type Eye = [Rgb; 3];

    const FULL: Eye = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    /// Eyes without the receptors for green, and for red (Machado, Oliveira and Fernandes 2009).
    const WITHOUT_GREEN: Eye =
        [[0.367_322, 0.860_646, -0.227_968], [0.280_085, 0.672_501, 0.047_413], [-0.011_820, 0.042_940, 0.968_881]];
    const WITHOUT_RED: Eye =
        [[0.152_286, 1.052_583, -0.204_868], [0.114_503, 0.786_281, 0.099_216], [-0.003_882, -0.048_116, 1.051_998]];

    const EYES: [Eye; 3] = [FULL, WITHOUT_GREEN, WITHOUT_RED];

    fn seen(colour: Rgb, eye: Eye) -> Rgb {
        eye.map(|row| dot(row, linear(colour)).clamp(0.0, 1.0))
    }

    /// The contrast ratio of WCAG 2.
    fn contrast(one: Rgb, other: Rgb, eye: Eye) -> f64 {
        let luminance = |colour| dot(seen(colour, eye), [0.2126, 0.7152, 0.0722]) + 0.05;
        let (one, other) = (luminance(one), luminance(other));
        if one > other { one / other } else { other / one }
    }

    /// How far apart two colours are in CIE L*a*b*.
    fn apart(one: Rgb, other: Rgb, eye: Eye) -> f64 {
        let lab = |colour: Rgb| {
            let xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]];
            let [x, y, z] = xyz.map(|row| dot(row, seen(colour, eye)));
            let [x, y, z] = [x / 0.9505, y, z / 1.089]
                .map(|t: f64| if t > 0.008_856 { t.cbrt() } else { 7.787 * t + 16.0 / 116.0 });
            [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
        };
        let (one, other) = (lab(one), lab(other));
        one.iter().zip(other).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
    }

    fn meanings(name: ThemeName) -> [Style; 3] {
        let theme = Theme::named(name, &UNICODE);
        [theme.good, theme.caution, theme.danger]
    }

    #[test]
    fn high_contrast_is_seven_to_one_on_backgrounds_of_its_own() {
        for style in meanings(ThemeName::HighContrast) {
            let ratio = contrast(rgb(style.fg).unwrap(), rgb(style.bg).unwrap(), FULL);
            assert!(ratio >= 7.0, "{style:?}: {ratio}");
        }
    }

    #[test]
    fn light_is_readable_on_white() {
        for style in meanings(ThemeName::Light) {
            let ratio = contrast(rgb(style.fg).unwrap(), [1.0; 3], FULL);
            assert!(ratio >= 4.5, "{style:?}: {ratio}");
        }
    }

    #[test]
    fn colour_blind_is_readable_by_every_eye_on_black_and_on_white() {
        for style in meanings(ThemeName::ColourBlind) {
            let grounds = rgb(style.bg).map_or(vec![[0.0; 3], [1.0; 3]], |own| vec![own]);
            for (ground, eye) in grounds.into_iter().flat_map(|ground| EYES.map(|eye| (ground, eye))) {
                let ratio = contrast(rgb(style.fg).unwrap(), ground, eye);
                assert!(ratio >= 3.0, "{style:?} on {ground:?} by {eye:?}: {ratio}");
            }
        }
    }

    /// The least distance between two meanings of a theme.
    fn nearest(name: ThemeName, eye: Eye) -> f64 {
        let [good, caution, danger] = meanings(name).map(|style| rgb(style.bg.or(style.fg)).unwrap());
        [(good, caution), (caution, danger), (good, danger)]
            .map(|(one, other)| apart(one, other, eye))
            .into_iter()
            .fold(f64::INFINITY, f64::min)
    }

    /// The measure is another theme: what `light` is to full sight.
    #[test]
    fn colour_blind_keeps_its_meanings_as_far_apart_for_every_eye_as_light_does_for_full_sight_alone() {
        let enough = nearest(ThemeName::Light, FULL);
        for eye in EYES {
            let least = nearest(ThemeName::ColourBlind, eye);
            assert!(least >= enough, "{eye:?}: {least} < {enough}");
        }
        for eye in [WITHOUT_GREEN, WITHOUT_RED] {
            let least = nearest(ThemeName::Light, eye);
            assert!(least < enough, "{eye:?}: {least}");
        }
    }

    #[test]
    fn whatever_the_theme_the_selection_is_in_reverse_video_and_plain_text_has_no_colour() {
        for name in ThemeName::ALL {
            let theme = Theme::named(name, &UNICODE);
            assert_eq!(theme.selection, Style::new().add_modifier(Modifier::REVERSED), "{name}");
            assert_eq!(theme.plain, Style::new(), "{name}");
            assert!(theme.danger.add_modifier.contains(Modifier::BOLD), "{name}");
        }
    }
}
