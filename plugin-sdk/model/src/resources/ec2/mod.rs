//! Amazon EC2: instances, their storage, and virtual private clouds.

pub mod compute;
pub mod network;
pub mod region;
pub mod security_group;
pub mod storage;
pub mod transit_gateway;

pub use compute::*;
pub use network::*;
pub use region::*;
pub use security_group::*;
pub use storage::*;
pub use transit_gateway::*;
