// SPDX-License-Identifier: GPL-2.0
import { Fragment } from "react";

/* The id of a spec, which may be broken after its colons. */
export const Id = ({ id }: { id: string }) => (
    <span className="gpuspec-id">
        {id.split(/(?<=[:/])/).map((part, index) => <Fragment key={index}>{index > 0 && <wbr />}{part}</Fragment>)}
    </span>
);
