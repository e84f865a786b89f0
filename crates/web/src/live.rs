//! Parts of pages that renew themselves, told by Server-Sent Events (HTML Living Standard, 9.2).
//!
//! Promises: what is told is the part as the page itself renders it, and only when it changed; a stream ends after a
//! minute, so that whoever lost the right to the page is told nothing from then on (the browser comes back, and is
//! judged again); it ends at once when the server leaves. Never: more than [`STREAMS_MAX`] at a time.

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use avow_model::Language;
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::language::ambient::within;
use crate::{PageFault, language};

/// Streams open at once: each is a connection and a look a second. Beyond it the browser asks for the page again.
const STREAMS_MAX: usize = 500;
/// Between two looks: what people can follow, and as often as the counts behind a page are made anew.
const LOOK: Duration = Duration::from_secs(1);
/// Looks of one stream: a minute.
const LOOKS: u32 = 60;
/// A browser comes back after this long.
const COME_BACK: Duration = Duration::from_secs(1);
/// Proxies close a connection on which nothing moves; most wait half a minute.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// The name of an event that carries a part.
const PART: &str = "part";
/// The name of the event after which the page is asked for again.
const OVER: &str = "over";

/// The streams of a server.
#[derive(Debug)]
pub(crate) struct Streams {
    room: Arc<Semaphore>,
    leaving: watch::Sender<bool>,
}

impl Default for Streams {
    fn default() -> Self {
        Self {
            room: Arc::new(Semaphore::new(STREAMS_MAX)),
            leaving: watch::Sender::new(false),
        }
    }
}

/// One open stream.
struct Open<F> {
    render: F,
    /// What the page is in: its answer has begun when the parts are made.
    language: Language,
    told: Option<String>,
    looks: u32,
    leaving: watch::Receiver<bool>,
    _seat: OwnedSemaphorePermit,
}

impl Streams {
    /// Ends every stream, and each that is opened from now on after its first part.
    pub(crate) fn close(&self) {
        self.leaving.send_replace(true);
    }

    /// Tells what `render` makes, at once and then whenever it is something else. A fault ends the stream and has the
    /// page asked for again: that says what is wrong.
    pub(crate) fn open<F, R>(&self, render: F) -> Response
    where
        F: FnMut() -> R + Send + 'static,
        R: Future<Output = Result<String, PageFault>> + Send,
    {
        let Ok(seat) = self.room.clone().try_acquire_owned() else {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        };
        let open = Open {
            render,
            language: language::current(),
            told: None,
            looks: LOOKS,
            leaving: self.leaving.subscribe(),
            _seat: seat,
        };
        let events = stream::unfold(open, |open| async move {
            let (event, open) = open.next().await?;
            Some((Ok::<_, Infallible>(event), open))
        });
        let keep = KeepAlive::new().interval(KEEP_ALIVE);
        Sse::new(events).keep_alive(keep).into_response()
    }
}

impl<F, R> Open<F>
where
    F: FnMut() -> R + Send + 'static,
    R: Future<Output = Result<String, PageFault>> + Send,
{
    /// The next thing to tell; `None` at the end.
    async fn next(mut self) -> Option<(Event, Self)> {
        loop {
            if self.told.is_some() {
                self.wait().await?;
            }
            self.looks = self.looks.checked_sub(1)?;
            match within(self.language, (self.render)()).await {
                Ok(part) if self.told.as_ref() == Some(&part) => {}
                Ok(part) => {
                    // A carriage return would end a line of the stream (9.2.5).
                    let data = part.replace('\r', " ");
                    let event = Event::default().event(PART).retry(COME_BACK).data(data);
                    self.told = Some(part);
                    return Some((event, self));
                }
                Err(_) => {
                    self.looks = 0;
                    return Some((Event::default().event(OVER).data("again"), self));
                }
            }
        }
    }

    /// `None` when the server leaves meanwhile.
    async fn wait(&mut self) -> Option<()> {
        let left = self.leaving.wait_for(|leaving| *leaving);
        tokio::select! {
            // Who could order it is gone with the server.
            _ordered_or_orphaned = left => None,
            () = tokio::time::sleep(LOOK) => Some(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use axum::body::to_bytes;

    use super::*;

    async fn body(answer: Response) -> String {
        let bytes = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_part_is_told_when_it_changes_and_the_stream_ends_after_a_minute() {
        let looks = Arc::new(AtomicU32::new(0));
        let count = looks.clone();
        let streams = Streams::default();
        let answer = streams.open(move || {
            let n = count.fetch_add(1, Ordering::SeqCst);
            async move { Ok(format!("<b>{}</b>\n<i>", n / 30)) }
        });
        let told = body(answer).await;
        assert_eq!(looks.load(Ordering::SeqCst), LOOKS);
        assert_eq!(told.matches("event: part").count(), 2, "{told}");
        assert!(told.contains("data: <b>1</b>\ndata: <i>"), "{told}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_fault_has_the_page_asked_for_again_and_tells_nothing_of_it() {
        let streams = Streams::default();
        let answer = streams.open(|| async { Err(PageFault::NotFound) });
        let told = body(answer).await;
        assert!(
            told.contains("event: over") && !told.contains("page"),
            "{told}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn when_the_server_leaves_every_stream_ends_at_its_next_wait() {
        let streams = Streams::default();
        let answer = streams.open(|| async { Ok("same".to_owned()) });
        streams.close();
        let told = body(answer).await;
        assert_eq!(told.matches("event: part").count(), 1, "{told}");
    }

    #[tokio::test]
    async fn beyond_the_bound_no_stream_is_opened_until_one_ends() {
        let streams = Streams::default();
        let open = || streams.open(|| async { Ok(String::new()) });
        let all: Vec<Response> = (0..STREAMS_MAX).map(|_| open()).collect();
        assert_eq!(open().status(), StatusCode::SERVICE_UNAVAILABLE);
        drop(all);
        assert_eq!(open().status(), StatusCode::OK);
    }
}
