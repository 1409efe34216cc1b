//! What tests, benches and the demo share: counties, a cluster of one hub and its nodes, programs of others.

pub mod answers;
pub mod clock;
pub mod cluster;
pub mod county;
pub mod desk;
pub mod fill;
pub mod night;
pub mod office;
pub mod sim;
pub mod tools;
