import sys
from random import Random
from tests import bank_year
from tests.test_bank_year import *
bad=0
for n in range(int(sys.argv[1]), int(sys.argv[2])):
    r=Random(n); year=bank_year.make(r,60,days=45)
    with ledger_of(year) as l:
        read(l,year,list(year.files))
        t=told(l); at=end(l)
        if t!=year.open: bad+=1; print(n,"once", t^year.open)
    with ledger_of(year) as l:
        names=r.sample(list(year.files),len(year.files))
        while names:
            k=r.randint(1,9); read(l,year,names[:k]); names=names[k:]
        t=told(l)
        if t!=year.open: bad+=1; print(n,"order", t^year.open)
        if end(l)!=at: bad+=1; print(n,"end differs", end(l).matches ^ at.matches if False else [x for x in end(l).matches if x not in at.matches][:3], [k for k in at.payments if at.payments[k]!=end(l).payments[k]][:3])
print("bad",bad)
