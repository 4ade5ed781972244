//! What the API and the HTTP server work with.

use std::sync::Arc;

use crate::attribution::conversion::ConversionCache;
use crate::attribution::returns::ReturnsCache;
use crate::base::ambient::Ambient;
use crate::database::Database;
use crate::database::readiness::Readiness;
use crate::limits::Limits;
use crate::survey::store::VersionCache;
use crate::survey::submit::Intake;
use crate::survey::writer::Writer;
use crate::tenancy::viewer_cache::ViewerCache;
use crate::value_map::map_cache::MapCache;
use crate::value_map::public_results::PublicResultsCache;

/// What every way in works with.
#[derive(Clone, Debug)]
pub struct Services {
    pub database: Database,
    pub writer: Writer,
    pub versions: VersionCache,
    pub viewers: Arc<ViewerCache>,
    pub maps: MapCache,
    pub returns: Arc<ReturnsCache>,
    pub conversions: Arc<ConversionCache>,
    pub published: Arc<PublicResultsCache>,
    pub limits: Arc<Limits>,
    pub ambient: Ambient,
    pub readiness: Readiness,
}

impl Services {
    /// What an answer needs on its way in.
    pub fn intake(&self) -> Intake<'_> {
        let Self { database, ambient, versions, limits, writer, .. } = self;
        Intake { database, ambient, versions, limits, writer }
    }
}
