//! An order of the nodes that agrees with every arc, mended when an arc is put in.
//!
//! Pearce and Kelly (JEA 2006): an arc that the order contradicts makes two searches, forward from
//! its end and backward from its beginning, both only among the nodes between them. If they meet
//! there is a cycle; otherwise the nodes found trade places. An arc that is taken out again leaves
//! the order as it is. Arcs are taken out in the opposite order of putting in, so that all lists are
//! linked through the arcs and nothing is ever allocated.
use super::Link;

pub(super) const NONE: u32 = u32::MAX;

pub(super) struct Order {
    /// The place of each node.
    pub(super) position: Vec<u32>,
    /// The node of each place.
    pub(super) at: Vec<u32>,
    pub(super) links: Vec<Link>,
    out_first: Vec<u32>,
    out_next: Vec<u32>,
    in_first: Vec<u32>,
    in_next: Vec<u32>,
    forward: Reached,
    backward: Reached,
    places: Vec<u32>,
}

/// What a search reached, and through which arc.
#[derive(Default)]
pub(super) struct Reached {
    stamp: u32,
    mark: Vec<u32>,
    via: Vec<u32>,
    pub(super) nodes: Vec<u32>,
}

impl Reached {
    fn new(nodes: usize) -> Reached {
        Reached {
            stamp: 0,
            mark: vec![0; nodes],
            via: vec![NONE; nodes],
            nodes: Vec::new(),
        }
    }

    fn clear(&mut self) {
        self.nodes.clear();
        if self.stamp == u32::MAX {
            self.stamp = 0;
            self.mark.fill(0);
        }
        self.stamp += 1;
    }

    pub(super) fn has(&self, node: u32) -> bool {
        self.mark[node as usize] == self.stamp
    }

    fn add(&mut self, node: u32, via: u32) {
        self.mark[node as usize] = self.stamp;
        self.via[node as usize] = via;
        self.nodes.push(node);
    }
}

/// What putting an arc in came to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Put {
    /// The order agreed already.
    Agreed,
    /// The order was mended; the two searches tell who is before and after the arc.
    Mended,
    /// It would close this cycle, and is not in: a path from its end to its beginning, and itself.
    Closes(Vec<u32>),
}

impl Order {
    /// The nodes in the order of their numbers, and no arc in yet.
    pub(super) fn new(nodes: usize, links: Vec<Link>) -> Order {
        Order {
            position: (0..nodes as u32).collect(),
            at: (0..nodes as u32).collect(),
            out_first: vec![NONE; nodes],
            out_next: vec![NONE; links.len()],
            in_first: vec![NONE; nodes],
            in_next: vec![NONE; links.len()],
            links,
            forward: Reached::new(nodes),
            backward: Reached::new(nodes),
            places: Vec::new(),
        }
    }

    /// Takes `at` for the order, before any arc is in.
    pub(super) fn begin(&mut self, at: Vec<u32>) {
        for (position, &node) in at.iter().enumerate() {
            self.position[node as usize] = position as u32;
        }
        self.at = at;
    }

    /// Whether the order contradicts an arc that is not in.
    pub(super) fn contradicts(&self, link: u32) -> bool {
        let link = self.links[link as usize];
        self.position[link.from() as usize] >= self.position[link.to() as usize]
    }

    /// Puts an arc in and mends the order.
    pub(super) fn put(&mut self, link: u32) -> Put {
        let (from, to) = self.ends(link);
        if from == to {
            return Put::Closes(vec![link]);
        }
        let (low, high) = (self.position[to as usize], self.position[from as usize]);
        let mut put = Put::Agreed;
        if low < high {
            if self.search_forward(to, from, high) {
                let mut cycle = vec![link];
                self.path_back(from, &mut cycle);
                cycle[1..].reverse();
                cycle.rotate_left(1);
                return Put::Closes(cycle);
            }
            self.search_backward(from, low);
            self.trade();
            put = Put::Mended;
        }
        self.out_next[link as usize] = self.out_first[from as usize];
        self.out_first[from as usize] = link;
        self.in_next[link as usize] = self.in_first[to as usize];
        self.in_first[to as usize] = link;
        put
    }

    /// Takes out the arc that was put in last.
    pub(super) fn take(&mut self, link: u32) {
        let (from, to) = self.ends(link);
        debug_assert_eq!(self.out_first[from as usize], link);
        self.out_first[from as usize] = self.out_next[link as usize];
        self.in_first[to as usize] = self.in_next[link as usize];
    }

    fn ends(&self, link: u32) -> (u32, u32) {
        let link = self.links[link as usize];
        (link.from(), link.to())
    }

    /// Arcs that are in and leave `node`.
    pub(super) fn out(&self, node: u32) -> impl Iterator<Item = u32> + '_ {
        let mut next = self.out_first[node as usize];
        std::iter::from_fn(move || {
            let link = next;
            (link != NONE).then(|| {
                next = self.out_next[link as usize];
                link
            })
        })
    }

    /// Breadth first from `start` among the places up to `high`; whether it met `goal`.
    fn search_forward(&mut self, start: u32, goal: u32, high: u32) -> bool {
        self.forward.clear();
        self.forward.add(start, NONE);
        let mut next = 0;
        while next < self.forward.nodes.len() {
            let node = self.forward.nodes[next];
            next += 1;
            let mut link = self.out_first[node as usize];
            while link != NONE {
                let to = self.links[link as usize].to();
                if self.position[to as usize] <= high && !self.forward.has(to) {
                    self.forward.add(to, link);
                    if to == goal {
                        return true;
                    }
                }
                link = self.out_next[link as usize];
            }
        }
        false
    }

    fn search_backward(&mut self, start: u32, low: u32) {
        self.backward.clear();
        self.backward.add(start, NONE);
        let mut next = 0;
        while next < self.backward.nodes.len() {
            let node = self.backward.nodes[next];
            next += 1;
            let mut link = self.in_first[node as usize];
            while link != NONE {
                let from = self.links[link as usize].from();
                if low <= self.position[from as usize] && !self.backward.has(from) {
                    self.backward.add(from, link);
                }
                link = self.in_next[link as usize];
            }
        }
    }

    /// Everything before the arc takes the earlier of the places that the two searches touched.
    fn trade(&mut self) {
        let position = &mut self.position;
        self.places.clear();
        for reached in [&mut self.backward, &mut self.forward] {
            reached
                .nodes
                .sort_unstable_by_key(|&node| position[node as usize]);
            let places = reached.nodes.iter().map(|&node| position[node as usize]);
            self.places.extend(places);
        }
        self.places.sort_unstable();
        let nodes = self.backward.nodes.iter().chain(&self.forward.nodes);
        for (&node, &place) in nodes.zip(&self.places) {
            position[node as usize] = place;
            self.at[place as usize] = node;
        }
    }

    /// After [`Put::Mended`]: what can be reached from the end of the arc.
    pub(super) fn reached_forward(&self) -> &Reached {
        &self.forward
    }

    /// After [`Put::Mended`]: from where its beginning can be reached.
    pub(super) fn reached_backward(&self) -> &Reached {
        &self.backward
    }

    /// The arcs from the end of the last arc to `node`, the last one first.
    pub(super) fn path_back(&self, node: u32, path: &mut Vec<u32>) {
        let mut node = node;
        while self.forward.via[node as usize] != NONE {
            let link = self.forward.via[node as usize];
            path.push(link);
            node = self.links[link as usize].from();
        }
    }

    /// The arcs from `node` to the beginning of the last arc, the first one first.
    pub(super) fn path_on(&self, node: u32, path: &mut Vec<u32>) {
        let mut node = node;
        while self.backward.via[node as usize] != NONE {
            let link = self.backward.via[node as usize];
            path.push(link);
            node = self.links[link as usize].to();
        }
    }
}
