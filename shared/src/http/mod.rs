//! What the HTTP doors of both programs share: the sockets, the certificate, and how what stands in an address or in the body of a form is
//! read. Routes, answers and who may ask are each program's own.

mod certificate;
mod door;
mod pairs;
mod straight;

pub use certificate::{Certificate, NoCertificate};
pub use door::{Caller, Door, Lock, is_own};
pub use pairs::{NotWellWritten, pairs};
pub use straight::straight;
