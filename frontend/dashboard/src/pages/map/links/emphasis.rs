use valuemap_shared::value_map::{Element, LinkReading};

/// How a card stands to the element that somebody points at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Emphasis {
    /// Nobody points at anything.
    #[default]
    None,
    Followed,
    Linked,
    Receded,
}

impl Emphasis {
    pub fn of(element: Element, followed: Option<Element>, links: &[LinkReading]) -> Self {
        let Some(followed) = followed else { return Self::None };
        let joins = |link: &LinkReading| [(link.from, link.to), (link.to, link.from)].contains(&(followed, element));
        match () {
            () if element == followed => Self::Followed,
            () if links.iter().any(joins) => Self::Linked,
            () => Self::Receded,
        }
    }

    pub fn class(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Followed => Some("card-followed"),
            Self::Linked => Some("card-linked"),
            Self::Receded => Some("card-receded"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_of_a_link_are_linked_and_the_rest_recedes() {
        let link = LinkReading { from: Element::Education, to: Element::Upgrades, effect: None, strength: None };
        let of = |element, followed| Emphasis::of(element, followed, std::slice::from_ref(&link));
        assert_eq!(of(Element::Upgrades, None), Emphasis::None);
        assert_eq!(of(Element::Upgrades, Some(Element::Upgrades)), Emphasis::Followed);
        assert_eq!(of(Element::Education, Some(Element::Upgrades)), Emphasis::Linked);
        assert_eq!(of(Element::Upgrades, Some(Element::Education)), Emphasis::Linked);
        assert_eq!(of(Element::Knowledge, Some(Element::Education)), Emphasis::Receded);
    }
}
