//! `POST /uploads?community=ID&name=FILE`: takes in a file that is going to be imported, piece by piece.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap};
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::StreamExt;
use serde_json::json;
use valuemap_api::error::ApiError;
use valuemap_api::wire::node_id::NodeId;
use valuemap_engine::base::commits::Touches;
use valuemap_engine::database::author::Author;
use valuemap_engine::services::Services;
use valuemap_engine::tenancy::own::Own;
use valuemap_engine::tenancy::rights::Right;
use valuemap_engine::uploads::entities::upload;
use valuemap_engine::uploads::store::{self, MAX_BYTES, MAX_WAITING, PIECE_BYTES};
use valuemap_shared::ids::{CommunityId, UploadId};

use crate::http::client::client_of;
use crate::http::graphql::{Failure, MediaType, respond};
use crate::http::request_body::{HttpRefusal, check_headers};
use crate::http::routing::query_parameter;
use crate::http::session::viewer_of;

/// How long nothing of a file may arrive before it is given up.
const STILL: Duration = Duration::from_secs(30);

pub async fn receive(http: HttpRequest, payload: web::Payload, services: web::Data<Services>) -> HttpResponse {
    match take_in(&http, payload, &services).await {
        Ok(upload) => {
            let id = NodeId::Upload(CommunityId(upload.community_id), UploadId(upload.id));
            let upload = json!({ "id": id.to_string(), "fileName": upload.file_name, "bytes": upload.bytes });
            HttpResponse::Created().insert_header((header::CACHE_CONTROL, "no-store")).json(json!({ "upload": upload }))
        }
        Err(refusal) => respond(MediaType::Json, Err(Failure::Refused(refusal))),
    }
}

/// Nothing is read of the file before it is known who sends it, and that they may.
async fn take_in(http: &HttpRequest, payload: web::Payload, services: &Services) -> Result<upload::Model, HttpRefusal> {
    // No form of another site can send this.
    check_headers(http, "application/octet-stream")?;
    let Some(viewer) = viewer_of(http, services).await? else {
        services.limits.note_failed_token(client_of(http)).map_err(ApiError::from)?;
        return Err(ApiError::Unauthenticated.into());
    };
    services.limits.check_token(viewer.token.id).map_err(ApiError::from)?;
    let community = query_parameter(http, "community").unwrap_or_default();
    let community = community.parse::<NodeId>().map_err(ApiError::BadUserInput)?.as_community()?;
    let own = viewer.own(&services.database.read, &services.ambient, community, (Right::Write, "upload")).await;
    let Some(own) = own.map_err(ApiError::from)? else {
        let message = "there is no such community in your organisation";
        return Err(HttpRefusal::new(StatusCode::NOT_FOUND, "NOT_FOUND", message));
    };
    if announced(http.headers()).is_some_and(|bytes| bytes > MAX_BYTES) {
        return Err(too_large());
    }
    let name = query_parameter(http, "name").unwrap_or_default();
    let begun = services.database.write_some(own.author(), Touches::NOTHING, async |transaction| {
        store::begin(transaction, &services.ambient, community, (&name, &viewer.token.name)).await
    });
    let Some(begun) = begun.await.map_err(ApiError::from)? else {
        let message = format!("{MAX_WAITING} files wait to be loaded already; load or delete some first");
        return Err(HttpRefusal::new(StatusCode::CONFLICT, "TOO_MANY_UPLOADS", message));
    };
    let place = (community, UploadId(begun.id));
    let stored = match store_pieces(services, payload, place).await {
        Ok(bytes) => {
            let finish = async |transaction: &_| store::finish(transaction, begun, bytes).await;
            let finished = services.database.write(&Author::SERVER, Touches::NOTHING, finish).await;
            finished.map_err(|error| ApiError::from(error).into())
        }
        Err(refusal) => Err(refusal),
    };
    if stored.is_err() {
        remove(services, &own, place).await;
    }
    stored
}

/// Stores what arrives, and says how many bytes that were.
async fn store_pieces(
    services: &Services,
    mut payload: web::Payload,
    place: (CommunityId, UploadId),
) -> Result<u64, HttpRefusal> {
    let store_piece = async |number: i32, piece: Vec<u8>| {
        let add = async |transaction: &_| store::add_piece(transaction, place, number, piece).await;
        services.database.write(&Author::SERVER, Touches::NOTHING, add).await.map_err(ApiError::from)
    };
    let (mut piece, mut number, mut bytes) = (Vec::with_capacity(PIECE_BYTES), 0, 0_u64);
    loop {
        let arrived = tokio::time::timeout(STILL, payload.next()).await.map_err(|_| {
            let message = "nothing of the file arrived for half a minute; it was given up, send it again";
            HttpRefusal::new(StatusCode::REQUEST_TIMEOUT, "REQUEST_TIMEOUT", message)
        })?;
        let Some(chunk) = arrived else { break };
        let chunk = chunk.map_err(|error| {
            let message = format!("the file did not arrive whole: {error}; send it again");
            HttpRefusal::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", message)
        })?;
        bytes += chunk.len() as u64;
        if bytes > MAX_BYTES {
            return Err(too_large());
        }
        for part in chunk.chunks(PIECE_BYTES) {
            if piece.len() + part.len() > PIECE_BYTES {
                store_piece(number, std::mem::replace(&mut piece, Vec::with_capacity(PIECE_BYTES))).await?;
                number += 1;
            }
            piece.extend_from_slice(part);
        }
    }
    if bytes == 0 {
        return Err(HttpRefusal::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", "the file is empty"));
    }
    store_piece(number, piece).await?;
    Ok(bytes)
}

fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn too_large() -> HttpRefusal {
    let message = format!(
        "a file may have at most {} MiB; cut it in parts, each with the header, or load it with `valuemap import` on the server",
        MAX_BYTES >> 20
    );
    HttpRefusal::new(StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE", message)
}

/// What did not arrive whole is gone at once, or with the other files that nobody loads.
async fn remove(services: &Services, own: &Own, place: (CommunityId, UploadId)) {
    let removed = services
        .database
        .write(own.author(), Touches::NOTHING, async |transaction| store::delete(transaction, place).await);
    if let Err(error) = removed.await {
        tracing::warn!(cause = error.to_string(), "a file that did not arrive whole is deleted later");
    }
}
