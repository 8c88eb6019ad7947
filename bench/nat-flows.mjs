// The flows that the benchmarks send and read back: one address translated and tagged, 160 bytes each, no two alike.

function setField(field, value) {
  return { type: "setField", oxm: { field, value } };
}

function address(first, index) {
  return `${first}.${(index >>> 16) & 255}.${(index >>> 8) & 255}.${index & 255}`;
}

function pair(byte) {
  return byte.toString(16).padStart(2, "0");
}

/** The texts that flow number `index` is made of: made beforehand, so that no benchmark measures their making. */
export function natTexts(index) {
  return {
    from: address(10, index),
    to: address(100, index),
    mac: `02:00:00:${pair((index >>> 16) & 255)}:${pair((index >>> 8) & 255)}:${pair(index & 255)}`,
  };
}

/** A whole FLOW_MOD message from its texts. */
export function natFlowMod({ from, to, mac }, xid, cookie = 1n) {
  return {
    version: 4,
    type: "flowMod",
    xid,
    cookie,
    cookieMask: 0n,
    tableId: 0,
    command: "add",
    idleTimeout: 0,
    hardTimeout: 0,
    priority: 100,
    bufferId: 0xffffffff,
    outPort: 0xffffffff,
    outGroup: 0xffffffff,
    flags: 0,
    match: [
      { field: "inPort", value: 1 },
      { field: "ethType", value: 0x0800 },
      { field: "ipv4Dst", value: from },
    ],
    instructions: [
      {
        type: "applyActions",
        actions: [
          setField("ipv4Src", to),
          setField("ethDst", mac),
          { type: "pushVlan", etherType: 0x8100 },
          setField("vlanVid", 3),
          { type: "output", port: 2, maxLen: 0 },
        ],
      },
    ],
  };
}
