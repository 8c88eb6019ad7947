# Open vSwitch's own Python IDL as a contender: the same work as ovskit.mjs, in a process of its own. Ends with 3 where it isn't installed.
import json
import resource
import socket
import sys
import time

try:
    import ovs.db.idl
    import ovs.poller
except ImportError:
    sys.exit(3)

target, ports, bridge_uuid, columns, turns = sys.argv[1:6]
tables = json.loads(sys.argv[6])
count = int(ports)
changes = int(turns)
schema_file = "/usr/share/openvswitch/vswitch.ovsschema"


def port_at(number):
    digits = "%010x" % number
    mac = ":".join(digits[at : at + 2] for at in range(4, 10, 2))
    return {
        "name": "tap" + digits,
        "tag": 1 + number % 4094,
        "ids": {
            "iface-id": "5f3a1c77-9d0e-4b6a-8f21-00" + digits,
            "attached-mac": "fa:16:3e:" + mac,
            "iface-status": "active",
            "vm-id": "c1d4e0aa-52b3-4f3e-b7a9-11" + digits,
        },
    }


def each(work):
    cpu_before = time.process_time()
    times = sorted(milliseconds(lambda: work(turn)) for turn in range(changes))
    cpu = (time.process_time() - cpu_before) * 1000 / changes
    return {"p50": times[changes // 2], "p99": times[min(changes - 1, changes * 99 // 100)], "cpu": cpu}


def milliseconds(work):
    begin = time.perf_counter()
    work()
    return (time.perf_counter() - begin) * 1000


def microseconds(number, work):
    for turn in range(number):
        work(turn)
    return milliseconds(lambda: [work(turn) for turn in range(number)]) * 1000 / number


def wait_for(idl, reached):
    while True:
        idl.run()
        if reached():
            return
        poller = ovs.poller.Poller()
        idl.wait(poller)
        poller.block()


def commit(idl, fill):
    transaction = ovs.db.idl.Transaction(idl)
    fill(transaction)
    status = transaction.commit_block()
    if status not in (transaction.SUCCESS, transaction.UNCHANGED):
        raise RuntimeError("%s: %s" % (status, transaction.get_error()))
    return transaction


class Ports(ovs.db.idl.Idl):
    changed = 0

    def notify(self, event, row, updates=None):
        self.changed += 1


helper = ovs.db.idl.SchemaHelper(schema_file)
for table, chosen in tables.items():
    if columns == "all":
        helper.register_table(table)
    else:
        helper.register_columns(table, chosen)

began = time.perf_counter()
cpu_began = time.process_time()
idl = Ports(target, helper)
wait_for(idl, lambda: idl.has_ever_connected())
sync_ms = (time.perf_counter() - began) * 1000
sync_cpu_ms = (time.process_time() - cpu_began) * 1000
peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
if len(idl.tables["Port"].rows) != count:
    raise RuntimeError("%d ports" % len(idl.tables["Port"].rows))


def make_indexes():
    for name in ("name", "tag"):
        idl.index_create("Port", name).add_column(name)


make_indexes_ms = milliseconds(make_indexes)
# An index made after the rows has none of them: that is how the IDL is.
rows = idl.tables["Port"].rows
for index in rows.indexes.values():
    for row in rows.values():
        index.add(row)
entry = rows.IndexEntry
wanted = [port_at(turn * 7919 % count) for turn in range(1000)]


def look_up(turn):
    (row,) = idl.index_equal("Port", "name", entry(name=wanted[turn % len(wanted)]["name"]))
    return row.tag[0]


lookup_us = microseconds(2000, look_up)
by_tag_us = microseconds(
    500, lambda turn: len(list(idl.index_equal("Port", "tag", entry(tag=[wanted[turn % len(wanted)]["tag"]]))))
)
bridge = next(iter(idl.tables["Bridge"].rows.values()))
added = []


def add(turn):
    want = port_at(count + turn)

    def fill(transaction):
        interface = transaction.insert(idl.tables["Interface"])
        interface.name = want["name"]
        interface.external_ids = want["ids"]
        port = transaction.insert(idl.tables["Port"])
        port.name = want["name"]
        port.tag = want["tag"]
        port.interfaces = [interface]
        port.external_ids = want["ids"]
        bridge.addvalue("ports", port)
        added.append(port.uuid)

    transaction = commit(idl, fill)
    added[-1] = transaction.get_insert_uuid(added[-1])


added_times = each(add)
some = list(rows.values())[:changes]


def set_tag(turn):
    def fill(transaction):
        some[turn].tag = 1 + turn % 9

    commit(idl, fill)


tag_times = each(set_tag)

writer = socket.socket(socket.AF_UNIX)
writer.connect(target[len("unix:") :])


def hear(turn):
    before = idl.changed
    where = [["_uuid", "==", ["uuid", str(some[turn].uuid)]]]
    update = {"op": "update", "table": "Port", "where": where, "row": {"tag": 10 + turn % 9}}
    writer.sendall(json.dumps({"method": "transact", "params": ["Open_vSwitch", update], "id": turn}).encode())
    wait_for(idl, lambda: idl.changed > before)


event_times = each(hear)


def remove(transaction):
    for uuid in added:
        bridge.delvalue("ports", rows[uuid])


commit(idl, remove)
print(
    json.dumps(
        {
            "syncMs": sync_ms,
            "syncCpuMs": sync_cpu_ms,
            "peakMiB": peak_mib,
            "lookupUs": lookup_us,
            "byTagUs": by_tag_us,
            "add": added_times,
            "tag": tag_times,
            "event": event_times,
        }
    )
)
