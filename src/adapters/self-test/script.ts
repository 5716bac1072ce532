/** Last line of a battery that ran to its end. */
export const COMPLETE = "complete";

/** What the battery is told, by environment. */
export interface ProbeVariables {
  /** The action's script: by it its process is recognised. */
  PROBE_PROGRAM: string;
  /** A file of the runner's. */
  PROBE_FILE: string;
  /** Lines. */
  PROBE_FILE_COMMANDS: string;
  PROBE_LOOPBACK_PORT: string;
  PROBE_SERVER_HOST: string;
  PROBE_SERVER_PORT: string;
  /** Files that the step tries to make, lines; whether they came to be is for the action to see. */
  PROBE_MARKS: string;
  /** A file in the checkout, made again and again by what outlives the step. */
  PROBE_OUTLIVED: string;
}

/** The battery, for bash alone, since an image may hold nothing else: names of what went through, a line each. */
export const BATTERY = String.raw`
set +e +o pipefail
exec 2>/dev/null
open() { printf '%s\n' "$1" >>"$AGENT_RESULT_FILE"; }
reaches() { timeout 5 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$1" "$2"; }
lines() { while IFS= read -r line; do "$@" "$line"; done; }

actions=()
for process in /proc/[0-9]*; do
  words=()
  mapfile -d '' words <"$process/cmdline"
  for word in "\${words[@]}"; do
    if [ "$word" = "$PROBE_PROGRAM" ]; then actions+=("$process"); break; fi
  done
done

if grep -qa '^INPUT_ISOLATION=\|[^A-Z_]INPUT_ISOLATION=' /proc/[0-9]*/environ; then open parent-environment; fi
for process in "\${actions[@]}"; do
  read -r range _ <"$process/maps" || continue
  if dd if="$process/mem" of=/dev/null bs=1 count=1 skip=$((16#\${range%%-*})); then open parent-memory; fi
done
for process in "\${actions[@]}"; do
  if kill -0 "\${process#/proc/}"; then open signal-parent; fi
done

if [ -r "$PROBE_FILE" ]; then open runner-files; fi
writes() { if [ -e "$1" ] && : >>"$1"; then open file-commands; fi; }
lines writes <<<"$PROBE_FILE_COMMANDS"
mark() { : >"$1"; }
lines mark <<<"$PROBE_MARKS"

if [ -w /proc/sys/kernel/core_pattern ]; then open kernel-settings; fi

if reaches 127.0.0.1 "$PROBE_LOOPBACK_PORT"; then open network-loopback; fi
if reaches "$PROBE_SERVER_HOST" "$PROBE_SERVER_PORT"; then open network-server; fi

(setsid env -i bash -c 'for i in {1..300}; do : >"$1"; sleep 0.1; done' outlive "$PROBE_OUTLIVED" </dev/null >/dev/null &)
open ${COMPLETE}
`.replaceAll("\\${", "${");
