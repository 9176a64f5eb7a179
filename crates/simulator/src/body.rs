//! A response body that may break off in the middle.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::line::Line;
use hyper::body::{Body, Bytes, Frame, SizeHint};

/// The whole answer, or a piece of it followed by the end of the connection.
#[derive(Debug)]
pub(crate) struct SiteBody {
    left: Bytes,
    /// Ends the connection once everything is handed over; `None` for a body that ends as it should.
    cut: Option<Arc<Line>>,
}

impl SiteBody {
    pub(crate) fn whole(bytes: Vec<u8>) -> Self {
        Self { left: bytes.into(), cut: None }
    }

    /// The first bytes only; `line` ends when they are on their way.
    pub(crate) fn cut(mut bytes: Vec<u8>, after: usize, line: Arc<Line>) -> Self {
        bytes.truncate(after);
        Self { left: bytes.into(), cut: Some(line) }
    }
}

impl Body for SiteBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let this = self.get_mut();
        if this.cut.is_some() && this.left.len() > 1 {
            // HTTP/2 asks for the next piece only when the client's window has room for all before it. A last byte by
            // itself therefore makes sure that nothing is left waiting for the window when the connection is closed.
            let most = this.left.split_to(this.left.len() - 1);
            return Poll::Ready(Some(Ok(Frame::data(most))));
        }
        if !this.left.is_empty() {
            return Poll::Ready(Some(Ok(Frame::data(std::mem::take(&mut this.left)))));
        }
        match &this.cut {
            None => Poll::Ready(None),
            // Never ends by itself: the connection is closed once all of this is out, see `serve`.
            Some(line) => {
                line.end();
                Poll::Pending
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.cut.is_none() && self.left.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        match self.cut {
            None => SizeHint::with_exact(self.left.len() as u64),
            Some(_) => SizeHint::default(),
        }
    }
}
