"""A learning switch on os-ken that does what the others do: a flow for each pair that talks, floods for the rest."""
from os_ken.base.app_manager import OSKenApp
from os_ken.controller import ofp_event
from os_ken.controller.handler import CONFIG_DISPATCHER, MAIN_DISPATCHER, set_ev_cls
from os_ken.lib.packet import ethernet
from os_ken.ofproto import ofproto_v1_3


class LearningSwitch(OSKenApp):
    OFP_VERSIONS = [ofproto_v1_3.OFP_VERSION]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.tables = {}

    @staticmethod
    def install(switch, priority, match, port, idle_timeout):
        parser, proto = switch.ofproto_parser, switch.ofproto
        actions = [parser.OFPActionOutput(port, proto.OFPCML_NO_BUFFER)]
        instructions = [parser.OFPInstructionActions(proto.OFPIT_APPLY_ACTIONS, actions)]
        switch.send_msg(
            parser.OFPFlowMod(
                datapath=switch, priority=priority, match=match, instructions=instructions, idle_timeout=idle_timeout
            )
        )

    @set_ev_cls(ofp_event.EventOFPSwitchFeatures, CONFIG_DISPATCHER)
    def up(self, event):
        switch = event.msg.datapath
        self.tables[switch.id] = {}
        self.install(switch, 0, switch.ofproto_parser.OFPMatch(), switch.ofproto.OFPP_CONTROLLER, 0)

    @set_ev_cls(ofp_event.EventOFPPacketIn, MAIN_DISPATCHER)
    def packet(self, event):
        message = event.msg
        switch = message.datapath
        parser, proto = switch.ofproto_parser, switch.ofproto
        frame, _, _ = ethernet.ethernet.parser(message.data)
        in_port = message.match["in_port"]
        table = self.tables.setdefault(switch.id, {})
        table[frame.src] = in_port
        port = table.get(frame.dst)
        if port is not None:
            match = parser.OFPMatch(in_port=in_port, eth_dst=frame.dst, eth_src=frame.src)
            self.install(switch, 1, match, port, 60)
        actions = [parser.OFPActionOutput(proto.OFPP_FLOOD if port is None else port)]
        switch.send_msg(
            parser.OFPPacketOut(
                datapath=switch, buffer_id=message.buffer_id, in_port=in_port, actions=actions, data=message.data
            )
        )
