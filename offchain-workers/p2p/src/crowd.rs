//! How many connections may come from one place.
//!
//! Peer ids cost nothing, so a limit per peer does not keep one machine from taking every connection
//! that there is for others. Addresses cost something: of each only so many connections are taken,
//! those counted that are still being set up. An IPv6 address counts with its whole /64, which is
//! what one customer has. This machine and its own network are not counted: behind a proxy everyone
//! comes from there.

use crate::discovery::Reach;
use libp2p::{
    core::{transport::PortUse, Endpoint},
    multiaddr::Protocol,
    swarm::{
        behaviour::{ConnectionClosed, ListenFailure},
        dummy, ConnectionDenied, ConnectionId, FromSwarm, NetworkBehaviour, THandler,
        THandlerInEvent, THandlerOutEvent, ToSwarm,
    },
    Multiaddr, PeerId,
};
use std::{
    collections::HashMap,
    convert::Infallible,
    net::{IpAddr, Ipv6Addr},
    task::{Context, Poll},
};

/// Why a connection is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there are {most} connections from {place} already")]
pub(crate) struct Crowded {
    place: IpAddr,
    most: u32,
}

/// Takes no more connections of one place than so many.
#[derive(Debug)]
pub(crate) struct Behaviour {
    most: u32,
    places: HashMap<ConnectionId, IpAddr>,
    counts: HashMap<IpAddr, u32>,
}

impl Behaviour {
    pub(crate) fn new(most: u32) -> Self {
        Self {
            most: most.max(1),
            places: HashMap::new(),
            counts: HashMap::new(),
        }
    }

    fn come(&mut self, connection: ConnectionId, from: &Multiaddr) -> Result<(), Crowded> {
        let Some(place) = place_of(from) else {
            return Ok(());
        };
        let count = self.counts.entry(place).or_default();
        if *count >= self.most {
            let most = self.most;
            return Err(Crowded { place, most });
        }
        *count += 1;
        self.places.insert(connection, place);
        Ok(())
    }

    fn go(&mut self, connection: &ConnectionId) {
        let Some(place) = self.places.remove(connection) else {
            return;
        };
        if let Some(count) = self.counts.get_mut(&place) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.counts.remove(&place);
            }
        }
    }
}

/// Where a connection comes from, if that is counted.
fn place_of(address: &Multiaddr) -> Option<IpAddr> {
    if Reach::of(address) != Reach::World {
        return None;
    }
    match address.iter().next()? {
        Protocol::Ip4(ip) => Some(IpAddr::V4(ip)),
        Protocol::Ip6(ip) => Some(match ip.to_ipv4_mapped() {
            Some(ip) => IpAddr::V4(ip),
            None => IpAddr::V6(Ipv6Addr::from(u128::from(ip) >> 64 << 64)),
        }),
        _ => None,
    }
}

impl NetworkBehaviour for Behaviour {
    type ConnectionHandler = dummy::ConnectionHandler;
    type ToSwarm = Infallible;

    fn handle_pending_inbound_connection(
        &mut self,
        connection: ConnectionId,
        _: &Multiaddr,
        from: &Multiaddr,
    ) -> Result<(), ConnectionDenied> {
        self.come(connection, from).map_err(ConnectionDenied::new)
    }

    fn handle_established_inbound_connection(
        &mut self,
        _: ConnectionId,
        _: PeerId,
        _: &Multiaddr,
        _: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        Ok(dummy::ConnectionHandler)
    }

    fn handle_established_outbound_connection(
        &mut self,
        _: ConnectionId,
        _: PeerId,
        _: &Multiaddr,
        _: Endpoint,
        _: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        Ok(dummy::ConnectionHandler)
    }

    fn on_swarm_event(&mut self, event: FromSwarm) {
        match event {
            FromSwarm::ConnectionClosed(ConnectionClosed { connection_id, .. })
            | FromSwarm::ListenFailure(ListenFailure { connection_id, .. }) => {
                self.go(&connection_id);
            }
            _ => {}
        }
    }

    fn on_connection_handler_event(
        &mut self,
        _: PeerId,
        _: ConnectionId,
        event: THandlerOutEvent<Self>,
    ) {
        match event {}
    }

    fn poll(&mut self, _: &mut Context<'_>) -> Poll<ToSwarm<Self::ToSwarm, THandlerInEvent<Self>>> {
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Multiaddr {
        text.parse().expect("a multiaddr")
    }

    #[test]
    fn one_place_does_not_take_the_connections_of_others() {
        let mut crowd = Behaviour::new(2);
        let come = |crowd: &mut Behaviour, id: usize, from: &str| {
            crowd.come(ConnectionId::new_unchecked(id), &address(from))
        };
        for id in 0..2 {
            assert_eq!(come(&mut crowd, id, "/ip4/8.8.8.8/tcp/1"), Ok(()));
        }
        assert!(come(&mut crowd, 2, "/ip4/8.8.8.8/tcp/2").is_err());
        assert!(come(&mut crowd, 3, "/ip6/::ffff:8.8.8.8/tcp/2").is_err());
        assert_eq!(come(&mut crowd, 4, "/ip4/8.8.4.4/tcp/1"), Ok(()));
        // The refused one ends, too, and changes nothing.
        crowd.go(&ConnectionId::new_unchecked(2));
        assert!(come(&mut crowd, 5, "/ip4/8.8.8.8/tcp/3").is_err());
        crowd.go(&ConnectionId::new_unchecked(0));
        assert_eq!(come(&mut crowd, 6, "/ip4/8.8.8.8/tcp/3"), Ok(()));
    }

    #[test]
    fn a_network_of_ip6_is_one_place() {
        let mut crowd = Behaviour::new(1);
        let mut come = |id, from| crowd.come(ConnectionId::new_unchecked(id), &address(from));
        assert_eq!(come(0, "/ip6/2001:db8:1:2::1/tcp/1"), Ok(()));
        assert!(come(1, "/ip6/2001:db8:1:2:ffff::9/tcp/1").is_err());
        assert_eq!(come(2, "/ip6/2001:db8:1:3::1/tcp/1"), Ok(()));
    }

    #[test]
    fn a_proxy_on_this_machine_is_no_crowd_and_nothing_is_remembered() {
        let mut crowd = Behaviour::new(1);
        for id in 0..9 {
            let connection = ConnectionId::new_unchecked(id);
            for from in ["/ip4/127.0.0.1/tcp/1", "/ip4/172.17.0.1/tcp/1"] {
                assert_eq!(crowd.come(connection, &address(from)), Ok(()));
            }
        }
        let far = ConnectionId::new_unchecked(10);
        assert_eq!(crowd.come(far, &address("/ip4/8.8.8.8/tcp/1")), Ok(()));
        crowd.go(&far);
        assert!(crowd.places.is_empty() && crowd.counts.is_empty());
    }
}
