//! The pages of the dashboard: the server answers their paths, the dashboard shows them, and the build writes their
//! headings into the outline that stands there until the dashboard has loaded.

/// A page of the dashboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    Map,
    Data,
    Sites,
}

impl Page {
    /// In the order of the navigation.
    pub const ALL: [Self; 3] = [Self::Map, Self::Data, Self::Sites];

    /// Paths that pages had before, with the pages that are there now. The server redirects them.
    pub const MOVED: [(&str, Self); 1] = [("/embed", Self::Sites)];

    pub const fn path(self) -> &'static str {
        match self {
            Self::Map => "/",
            Self::Data => "/data",
            Self::Sites => "/sites",
        }
    }

    /// As the navigation calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Map => "Map",
            Self::Data => "Data",
            Self::Sites => "Sites",
        }
    }

    /// Its main heading, unless the page knows a better one.
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Map => "Strategic value map",
            Self::Data => "Load files",
            Self::Sites => "Embed the survey",
        }
    }

    pub fn at(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|page| page.path() == path)
    }
}

#[cfg(test)]
mod tests {
    use super::Page;

    #[test]
    fn each_page_has_a_path_of_its_own() {
        for page in Page::ALL {
            assert_eq!(Page::at(page.path()), Some(page));
        }
    }

    #[test]
    fn what_has_moved_is_no_page_any_more() {
        for (path, _) in Page::MOVED {
            assert_eq!(Page::at(path), None, "{path}");
        }
    }
}
