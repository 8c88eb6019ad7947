// A cloud with its fabric, ready for cases: what the demo and the end-to-end tests start with, in one step and with
// one thing to close.
import { type Recorder, Stage } from "./cases/stage.ts";
import { Cloud } from "./cloud.ts";
import type { Fabric } from "./exchange.ts";
import { PacketFabric } from "./packet-fabric.ts";
import { mainJobCloud } from "./tenants.ts";
import { TraceFabric } from "./trace-fabric.ts";

/** How a playhouse is opened. */
export interface PlayhouseOptions {
  /** True: real packets, needs root. False: by ofproto/trace on the dummy datapath. */
  readonly packets: boolean;
  /** Told what is being done, for people who wait. */
  readonly progress?: (what: string) => void;
}

/** A cloud with its fabric. */
export class Playhouse {
  readonly cloud: Cloud;
  readonly #fabric: Fabric;

  private constructor(cloud: Cloud, fabric: Fabric) {
    this.cloud = cloud;
    this.#fabric = fabric;
  }

  /** Builds the main job's cloud; when that fails half way, nothing of it stays. */
  static async open(options: PlayhouseOptions): Promise<Playhouse> {
    const cloud = await Cloud.build(mainJobCloud, options);
    try {
      const fabric = options.packets ? await PacketFabric.start(cloud) : new TraceFabric(cloud);
      return new Playhouse(cloud, fabric);
    } catch (error) {
      await cloud.remove();
      throw error;
    }
  }

  /** A stage on it; no VM remembers a neighbour of the case before. */
  async stage(recorder: Recorder): Promise<Stage> {
    await this.#fabric.forgetNeighbours();
    return new Stage(this.cloud, this.#fabric, recorder);
  }

  async close(): Promise<void> {
    await this.#fabric.close();
    await this.cloud.remove();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
