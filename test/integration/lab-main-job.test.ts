// The main job without root and without packets: every case of the demo on the dummy datapath, by ofproto/trace.
import { Playhouse } from "../../lab/playhouse.ts";
import { itPlaysTheCases } from "../lab/played-cases.ts";
import { describeWith } from "../support/needs.ts";

describeWith(["openvswitch"], "the main job, by ofproto/trace", function () {
  this.timeout(60_000);
  let playhouse: Playhouse;

  before(async () => {
    playhouse = await Playhouse.open({ packets: false });
  });
  after(() => playhouse?.close());

  itPlaysTheCases(() => playhouse);
});
