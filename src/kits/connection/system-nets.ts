// The nets of this machine, for programs outside tests: the network interfaces that Node lists, and its resolver. Node does
// not tell when they change, so they are looked at once a second while somebody watches.
//
// The modules of Node are taken when they are used: a program that imports the kit for `webSocket` does not pay for them.

import type { NetworkInterfaceInfo } from 'node:os';
import process from 'node:process';
import { clearInterval, setInterval } from 'node:timers';
import type { Bearer, Net, NetSource } from '../host.ts';

/** Milliseconds between two looks. */
const INTERVAL = 1000;
const FIRST_ID = 100;
const USUAL_MTU = 1500;

/** Interfaces of containers and virtual machines, which lead nowhere else. */
const VIRTUAL = /^(br-|docker|veth|virbr|vmnet|vboxnet|cni|flannel|awdl|llw|anpi|bridge)/i;

/** Kinds of nets by the names of their interfaces. Any other name is an Ethernet's. The order is that of preference. */
const bearers: readonly (readonly [Bearer, RegExp])[] = [
  ['wifi', /^(wl|wifi|wi-fi|ath|ra\d)/i],
  ['bluetooth', /^(bnep|bt)/i],
  ['cellular', /^(wwan|rmnet|ww|ppp|usb)/i],
  ['vpn', /^(tun|tap|utun|wg|vpn|tailscale|zt|ipsec)/i],
];
const preference: readonly Bearer[] = ['ethernet', 'wifi', 'bluetooth', 'cellular', 'vpn'];

/** Ids by the names of interfaces: a net keeps its own as long as the process runs. */
const ids = new Map<string, number>();

export const systemNets: NetSource = {
  nets: () => netsOf(process.getBuiltinModule('node:os').networkInterfaces()),
  async resolve(host) {
    const { lookup } = process.getBuiltinModule('node:dns/promises');
    return (await lookup(host, { all: true })).map(({ address }) => address);
  },
  watch(changed) {
    const timer = setInterval(
      comparer(() => this.nets(), changed),
      INTERVAL,
    );
    // An application that only listens to its networks ends, as without us.
    timer.unref();
    return () => clearInterval(timer);
  },
};

/** Returns a function that reads the nets again, and calls `changed` if they differ from those of the last time. */
export function comparer(read: () => readonly Net[], changed: (nets: readonly Net[]) => void): () => void {
  let before = JSON.stringify(read());
  return () => {
    const nets = read();
    const now = JSON.stringify(nets);
    if (now === before) return;
    before = now;
    changed(nets);
  };
}

/** The nets behind a list of interfaces, the preferred one first. */
export function netsOf(interfaces: Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>): Net[] {
  const nets: Net[] = [];
  const servers = process.getBuiltinModule('node:dns').getServers();
  const dnsServers = servers.map((server) => server.replace(/^\[(.*)\].*$/, '$1').replace(/^([\d.]+):\d+$/, '$1'));
  const gateways = ipv4Gateways();
  for (const [name, addresses = []] of Object.entries(interfaces)) {
    // An address that only its own link knows does not make a net.
    const usable = addresses.filter(({ internal, address }) => !internal && !/^(fe80:|169\.254\.)/i.test(address));
    if (usable.length === 0 || VIRTUAL.test(name)) continue;
    const bearer = bearers.find(([, pattern]) => pattern.test(name))?.[0] ?? 'ethernet';
    const gateway = gateways.get(name);
    nets.push({
      id: idOf(name),
      bearer,
      // A device marks what costs nothing, and does not mark an Ethernet.
      isMetered: bearer === 'cellular' || bearer === 'ethernet',
      isValidated: true,
      hasPortal: false,
      isBlocked: false,
      uplink: 0,
      downlink: 0,
      interfaceName: name,
      links: usable.map(({ address, cidr }) => ({ address, prefixLength: Number(cidr?.split('/')[1] ?? 0) })),
      dnsServers,
      gateways: gateway === undefined ? [] : [gateway],
      mtu: mtuOf(name),
    });
  }
  return nets.sort((one, other) => preference.indexOf(one.bearer) - preference.indexOf(other.bearer));
}

function idOf(name: string): number {
  const id = ids.get(name) ?? FIRST_ID + ids.size;
  ids.set(name, id);
  return id;
}

function mtuOf(name: string): number {
  const mtu = Number.parseInt(contentOf(`/sys/class/net/${name}/mtu`), 10);
  return mtu > 0 ? mtu : USUAL_MTU;
}

/** Gateways of the routes to everything, by interface, as Linux lists them: hexadecimal, the last byte first. */
function ipv4Gateways(): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of contentOf('/proc/net/route').split('\n')) {
    const [name, destination, gateway] = line.split(/\s+/);
    if (name === undefined || destination !== '00000000' || gateway === undefined || found.has(name)) continue;
    const bytes = gateway.match(/../g) ?? [];
    found.set(
      name,
      bytes
        .reverse()
        .map((byte) => Number.parseInt(byte, 16))
        .join('.'),
    );
  }
  return found;
}

/** The content of a file of Linux; empty on other systems. */
function contentOf(path: string): string {
  try {
    return process.getBuiltinModule('node:fs').readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
