import { existsSync } from "node:fs";

const PERL = "/usr/bin/perl";
const PRCTL: Record<string, number> = { x64: 157, arm64: 167 };

/** File descriptor on which the reaper writes the shell's wait status, or `missing` where there is no such program. */
export const REPORT_FD = 3;

/*
 * A process whose parent dies is given to its nearest ancestor that is a "child subreaper" (Linux, prctl(2)), else to init,
 * where nobody could tell any more whose it was. Node cannot become one and has no prctl; perl can call it, and is
 * part of every Debian and Ubuntu. So the shell runs under a few lines of perl, below which everything it starts stays,
 * whatever it does (setsid, double fork, nohup, an emptied environment). The reaper ends with status 0 when its last
 * descendant is gone, and kills them all when we die before it.
 */
const SCRIPT = String.raw`
  my ($prctl, @command) = @ARGV;
  my $reaping = syscall($prctl + 0, 36, 1, 0, 0, 0) == 0; # PR_SET_CHILD_SUBREAPER
  syscall($prctl + 0, 1, 15, 0, 0, 0);                    # PR_SET_PDEATHSIG: SIGTERM
  delete $ENV{PERL_BADLANG};
  open(my $report, ">&=", 3) or exit 1;

  my $shell = fork() // exit 1;
  if ($shell == 0) {
    setpgrp(0, 0);
    exec { $command[0] } @command;
    syswrite($report, "missing\n");
    exit 127;
  }

  $SIG{TERM} = sub {
    $SIG{TERM} = "IGNORE";
    alarm 5;
    while (1) {
      open(my $list, "<", "/proc/$$/task/$$/children") or exit 1;
      my @children = split(" ", <$list> // "") or exit 1;
      kill("KILL", @children);
      waitpid(-1, 0);
    }
  };
  open(STDIN, "<", "/dev/null");
  open(STDOUT, ">", "/dev/null");
  open(STDERR, ">", "/dev/null");
  while (1) {
    my $ended = waitpid(-1, 0);
    if ($ended == $shell) { syswrite($report, "$?\n"); close($report) }
    if ($ended < 0 && $! == 10) { exit($reaping ? 0 : 1) } # ECHILD
  }
`;

/** The command under a reaper; `null` where the machine cannot have one. */
export function underReaper(command: readonly string[], platform: NodeJS.Platform): string[] | null {
  const prctl = PRCTL[process.arch];
  if (platform !== "linux" || prctl === undefined || !existsSync(PERL)) return null;
  return [PERL, "-e", SCRIPT, "--", String(prctl), ...command];
}
