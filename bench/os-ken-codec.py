# os-ken on the bytes that codec.mjs sends as lines of hex: nanoseconds by case, as JSON. Ends with 3 without os-ken.
import json
import sys
import time

try:
    from os_ken.ofproto import ofproto_parser, ofproto_protocol
    from os_ken.ofproto import ofproto_v1_3 as ofp
    from os_ken.ofproto import ofproto_v1_3_parser as of13
except ImportError:
    sys.exit(3)

seconds = float(sys.argv[1]) / 1000
flow_mod, packet_in, *reply = [bytes.fromhex(line) for line in sys.stdin.read().split()]
datapath = ofproto_protocol.ProtocolDesc(version=ofp.OFP_VERSION)


def decode(message):
    return ofproto_parser.msg(datapath, *ofproto_parser.header(message), message)


def encode():
    actions = [
        of13.OFPActionSetField(ipv4_src="100.0.0.1"),
        of13.OFPActionSetField(eth_dst="02:00:00:00:00:01"),
        of13.OFPActionPushVlan(0x8100),
        of13.OFPActionSetField(vlan_vid=0x1003),
        of13.OFPActionOutput(2, 0),
    ]
    message = of13.OFPFlowMod(
        datapath=datapath,
        cookie=1,
        priority=100,
        buffer_id=ofp.OFP_NO_BUFFER,
        out_port=ofp.OFPP_ANY,
        out_group=ofp.OFPG_ANY,
        match=of13.OFPMatch(in_port=1, eth_type=0x0800, ipv4_dst="10.0.0.1"),
        instructions=[of13.OFPInstructionActions(ofp.OFPIT_APPLY_ACTIONS, actions)],
    )
    message.set_xid(1)
    message.serialize()
    return message.buf


def nanoseconds(work):
    work()
    calls, begin = 0, time.perf_counter()
    while time.perf_counter() - begin < seconds:
        work()
        calls += 1
    return (time.perf_counter() - begin) / calls * 1e9


assert bytes(encode()) == flow_mod
cases = {
    "FLOW_MOD of 160 bytes, decode": lambda: decode(flow_mod),
    "FLOW_MOD, build and encode": encode,
    "PACKET_IN with 128 bytes, decode": lambda: decode(packet_in),
    "FLOW reply of 500 entries, decode": lambda: [decode(part) for part in reply],
}
print(json.dumps({title: nanoseconds(work) for title, work in cases.items()}))
