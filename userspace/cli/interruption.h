/* SPDX-License-Identifier: GPL-2.0 */
/* SIGINT, SIGTERM and SIGHUP, while something is under way that is not to be left half done. */
#ifndef GPUSPEC_INTERRUPTION_H
#define GPUSPEC_INTERRUPTION_H

/* From here on they end nothing, but are asked for. */
void interruption_hold(void);
/* The same, to be waited for: a descriptor that can be read once one has come; -1 with errno. */
int interruption_fd(void);
/* The signal that has come since; 0: none. */
int interruption(void);

#endif /* GPUSPEC_INTERRUPTION_H */
