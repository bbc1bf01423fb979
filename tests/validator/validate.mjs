// Says of each file given whether @trustnxt/c2pa-ts, an implementation of its own, finds its manifest valid: one line of JSON a file.
import { readFile } from 'node:fs/promises';
import { BMFF, JPEG, PNG } from '@trustnxt/c2pa-ts/asset';
import { SuperBox } from '@trustnxt/c2pa-ts/jumbf';
import { ManifestStore } from '@trustnxt/c2pa-ts/manifest';

for (const brand of ['isom', 'iso2', 'iso5', 'iso6', 'mp41', 'mp42']) BMFF.canReadBrands.add(brand); // it knows HEIF's alone by itself

for (const path of process.argv.slice(2)) {
    const said = { path, valid: false, codes: [], error: null };
    try {
        const bytes = await readFile(path);
        const kind = [JPEG, PNG, BMFF].find(kind => kind.canRead(bytes));
        if (!kind) throw new Error('unknown format');
        const asset = new kind(bytes);
        const jumbf = asset.getManifestJUMBF();
        if (!jumbf) throw new Error('no manifest');
        const result = await ManifestStore.read(SuperBox.fromBuffer(jumbf)).validate(asset);
        said.valid = result.isValid;
        said.codes = result.statusEntries.map(entry => `${entry.success ? '+' : '-'}${entry.code}`);
    } catch (error) {
        said.error = String(error?.message ?? error);
    }
    console.log(JSON.stringify(said));
}
